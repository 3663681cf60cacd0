/**
 * An exception as a worker describes it (python/highball/worker/debugger/model.py), for whoever shows it.
 *
 * Everything in it is the application's: text of any kind, to be escaped by whoever renders it. All of it is bounded
 * by the worker: see `LIMITS` there.
 */

/** What was raised, and what led to it. */
export interface ErrorModel {
  /** `Python 3.11.7`. */
  readonly python: string;
  readonly exception: ExceptionModel;
}

export interface ExceptionModel {
  /** As Python prints it: `ValueError`, `shop.models.OutOfStock`. */
  readonly type: string;
  /** `str()` of it; may be empty, or have several lines. */
  readonly message: string;
  /** PEP 678. */
  readonly notes: readonly string[];
  /** It was raised `from` this one. */
  readonly cause: ExceptionModel | null;
  /** It was raised while this one was handled; null where `cause` is not, or the application said `from None`. */
  readonly context: ExceptionModel | null;
  /** Members of an exception group (PEP 654). */
  readonly members: readonly ExceptionModel[];
  /** Of a SyntaxError: what could not be read. */
  readonly syntax: SyntaxModel | null;
  /** Outermost first; none where it was never raised. Those of the worker itself are not among them. */
  readonly frames: readonly FrameModel[];
  /** Frames, causes or members that were left out, one sentence each. */
  readonly omitted: readonly string[];
}

/** Where a file could not be read as Python. */
export interface SyntaxModel {
  readonly file: string;
  /** From 1; 0 if unknown. */
  readonly line: number;
  /** Characters from 0 where the mark begins, and behind its last one; null if unknown. */
  readonly columns: readonly [start: number, end: number] | null;
  readonly source: SourceModel | null;
}

/** Whose code it is: the application's own, an installed library's, or Python's. */
export type FrameOwner = "application" | "library" | "standard";

export interface FrameModel {
  /** Names the frame for evaluation, within its worker process; empty where it was not kept. */
  readonly id: string;
  /** A path, or what Python has in place of one: `<string>`, `<template>`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** With its class where Python knows it (3.11): `Cart.total`. */
  readonly function: string;
  /** Dotted; empty if unknown. */
  readonly module: string;
  readonly owner: FrameOwner;
  /** By `__traceback_hide__` of the application's. */
  readonly hidden: boolean;
  /** `__traceback_info__` of the frame's variables; empty if there is none. */
  readonly info: string;
  /** What was running (PEP 657): lines from 1, characters from 0; null if unknown. */
  readonly range: SourceRange | null;
  /** Null where there is none, as for `<string>`. */
  readonly source: SourceModel | null;
  /** Empty where they were left out to bound the size: see `ExceptionModel.omitted`. */
  readonly variables: readonly VariableModel[];
  /** This frame and those behind it, `length` in all, were repeated so many times more: a recursion. */
  readonly recursion: { readonly length: number; readonly times: number } | null;
}

export interface SourceRange {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  /** Behind the last character. */
  readonly endColumn: number;
}

/** Some lines of a file. */
export interface SourceModel {
  /** Number of the first line, from 1. */
  readonly first: number;
  /** Without line ends. */
  readonly lines: readonly string[];
}

export interface VariableModel {
  readonly name: string;
  readonly value: ValueModel;
}

/** An object, as far as it is shown. `type` is as in `ExceptionModel`. */
export type ValueModel =
  /** Whatever its `repr()` is; `cut` characters are missing behind it. */
  | { readonly kind: "plain"; readonly type: string; readonly text: string; readonly cut: number }
  /** `str` or `bytes`: the content's repr, quotes included. */
  | { readonly kind: "text"; readonly type: string; readonly text: string; readonly cut: number }
  /** Numbers, booleans and None. */
  | { readonly kind: "literal"; readonly type: string; readonly text: string; readonly cut: number }
  /** A container: `opening` is `[`, `deque([`, `Point(`. `more` items were left out. */
  | {
      readonly kind: "items";
      readonly type: string;
      readonly opening: string;
      readonly items: readonly ItemModel[];
      readonly more: number;
      readonly closing: string;
    }
  /** Its `repr()` raised, or took too long; `text` says which. */
  | { readonly kind: "broken"; readonly type: string; readonly text: string; readonly cut: 0 };

/** One of a container; `key` is null for a sequence's, a value for a mapping's, a name for a field's. */
export interface ItemModel {
  readonly key: ValueModel | string | null;
  readonly value: ValueModel;
}
