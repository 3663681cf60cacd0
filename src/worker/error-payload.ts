import type { Evaluation, Exhibit } from "../debuggee.ts";
import type {
  ErrorModel,
  ExceptionModel,
  FrameModel,
  ItemModel,
  SourceModel,
  SourceRange,
  SyntaxModel,
  ValueModel,
  VariableModel,
} from "../error-model.ts";

/**
 * What a worker says of errors, read where it comes in: everything behind this boundary may trust the types.
 *
 * Both sides are ours, but the worker shares its process with the application, and whatever that has broken
 * must not break the gateway. What does not fit is as if it had not been said.
 */

type Guard<T> = (value: unknown) => value is T;

/** @returns null where it is missing, or no error model */
export function readErrorModel(value: unknown): ErrorModel | null {
  return fits(isErrorModel, value) ? value : null;
}

/** The last lines that a process has printed. */
export function readLines(value: unknown): readonly string[] {
  return fits(isTexts, value) ? value : [];
}

/** @returns what says so where it is no evaluation */
export function readEvaluation(value: unknown): Evaluation {
  if (fits(isEvaluation, value)) return value;
  return { status: "gone", reason: "The worker gave an answer that cannot be read." };
}

/** An object's fields, where it is one. */
export function readObject(payload: Buffer): Readonly<Record<string, unknown>> {
  const value = readJson(payload);
  return isObject(value) ? value : {};
}

/** @returns undefined where it is no JSON */
export function readJson(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString("utf8"));
  } catch {
    return undefined;
  }
}

/** What is nested deeper than the stack is no answer either. */
function fits<T>(guard: Guard<T>, value: unknown): value is T {
  try {
    return guard(value);
  } catch {
    return false;
  }
}

// --- the shapes -----------------------------------------------------------------------------

const isText: Guard<string> = (value) => typeof value === "string";
const isNumber: Guard<number> = (value) => typeof value === "number";
const isFlag: Guard<boolean> = (value) => typeof value === "boolean";

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Every field of the type must have a guard, so that none is forgotten when the type grows. */
function shape<T extends object>(fields: { readonly [Name in keyof T]-?: Guard<T[Name]> }): Guard<T> {
  const guards = Object.entries<Guard<unknown>>(fields);
  return (value): value is T => isObject(value) && guards.every(([name, guard]) => guard(value[name]));
}

function list<T>(guard: Guard<T>): Guard<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every((item) => guard(item));
}

function nullable<T>(guard: Guard<T>): Guard<T | null> {
  return (value): value is T | null => value === null || guard(value);
}

function literal<const T extends string | number>(...values: readonly T[]): Guard<T> {
  return (value): value is T => values.some((each) => each === value);
}

/** For types that hold themselves. */
function later<T>(guard: () => Guard<T>): Guard<T> {
  return (value): value is T => guard()(value);
}

function either<One, Other>(one: Guard<One>, other: Guard<Other>): Guard<One | Other> {
  return (value): value is One | Other => one(value) || other(value);
}

const isTexts: Guard<readonly string[]> = list(isText);

const isSource: Guard<SourceModel> = shape<SourceModel>({ first: isNumber, lines: isTexts });

const isColumns: Guard<readonly [start: number, end: number]> = (
  value,
): value is readonly [start: number, end: number] =>
  Array.isArray(value) && value.length === 2 && value.every((item) => isNumber(item));

const isSyntax: Guard<SyntaxModel> = shape<SyntaxModel>({
  file: isText,
  line: isNumber,
  columns: nullable(isColumns),
  source: nullable(isSource),
});

const isRange: Guard<SourceRange> = shape<SourceRange>({
  startLine: isNumber,
  startColumn: isNumber,
  endLine: isNumber,
  endColumn: isNumber,
});

function written<const Kind extends string>(
  kind: Kind,
): Guard<{ readonly kind: Kind; readonly type: string; readonly text: string; readonly cut: number }> {
  return shape<{ kind: Kind; type: string; text: string; cut: number }>({
    kind: literal(kind),
    type: isText,
    text: isText,
    cut: isNumber,
  });
}

const isBroken: Guard<Extract<ValueModel, { kind: "broken" }>> = shape<
  Extract<ValueModel, { kind: "broken" }>
>({ kind: literal("broken"), type: isText, text: isText, cut: literal(0) });

const isItem: Guard<ItemModel> = shape<ItemModel>({
  key: nullable(
    either(
      isText,
      later(() => isValue),
    ),
  ),
  value: later(() => isValue),
});

const isItems: Guard<Extract<ValueModel, { kind: "items" }>> = shape<Extract<ValueModel, { kind: "items" }>>({
  kind: literal("items"),
  type: isText,
  opening: isText,
  items: list(isItem),
  more: isNumber,
  closing: isText,
});

const isValue: Guard<ValueModel> = either(
  either(either(written("plain"), written("text")), either(written("literal"), isBroken)),
  isItems,
);

const isVariable: Guard<VariableModel> = shape<VariableModel>({ name: isText, value: isValue });

const isFrame: Guard<FrameModel> = shape<FrameModel>({
  id: isText,
  file: isText,
  line: isNumber,
  function: isText,
  module: isText,
  owner: literal("application", "library", "standard"),
  hidden: isFlag,
  info: isText,
  range: nullable(isRange),
  source: nullable(isSource),
  variables: list(isVariable),
  recursion: nullable(
    shape<{ readonly length: number; readonly times: number }>({ length: isNumber, times: isNumber }),
  ),
});

const isException: Guard<ExceptionModel> = shape<ExceptionModel>({
  type: isText,
  message: isText,
  notes: isTexts,
  cause: nullable(later(() => isException)),
  context: nullable(later(() => isException)),
  members: list(later(() => isException)),
  syntax: nullable(isSyntax),
  frames: list(isFrame),
  omitted: isTexts,
});

const isErrorModel: Guard<ErrorModel> = shape<ErrorModel>({ python: isText, exception: isException });

const isExhibit: Guard<Exhibit> = either(
  shape<Extract<Exhibit, { kind: "variables" }>>({
    kind: literal("variables"),
    title: isText,
    variables: list(isVariable),
  }),
  shape<Extract<Exhibit, { kind: "text" }>>({ kind: literal("text"), title: isText, text: isText }),
);

const isDone: Guard<Extract<Evaluation, { status: "done" }>> = shape<Extract<Evaluation, { status: "done" }>>(
  {
    status: literal("done"),
    output: isText,
    value: nullable(isValue),
    shown: list(isExhibit),
    error: nullable(isErrorModel),
  },
);

const isEvaluation: Guard<Evaluation> = either(
  isDone,
  either(
    shape<Extract<Evaluation, { status: "incomplete" }>>({ status: literal("incomplete") }),
    shape<Extract<Evaluation, { status: "gone" }>>({ status: literal("gone"), reason: isText }),
  ),
);
