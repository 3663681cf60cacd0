import type { ErrorModel, ValueModel, VariableModel } from "./error-model.ts";

/**
 * The process that holds the frames of an error: the door between `worker/`, which has it, and `debug/`, which
 * asks it. Neither imports the other.
 */
export interface Debuggee {
  readonly pid: number;
  /** The process has ended, or is about to: its frames are gone. */
  readonly isGone: boolean;
  /**
   * Runs code in a frame, while the application goes on.
   *
   * @param frame an id of a `FrameModel`, or `CONSOLE`
   * @returns what came of it; never rejects
   */
  evaluate(frame: string, code: string): Evaluating;
  /** What could stand at the end of `code`, for whoever presses Tab. */
  complete(frame: string, code: string): Promise<readonly string[]>;
  /** Opens pdb on the error of a frame, on the terminal that the process shares with the server. */
  postMortem(frame: string): void;
}

/** The frame of a console that belongs to no error: it has the application's module. */
export const CONSOLE = "console";

/** An evaluation that runs. */
export interface Evaluating {
  readonly result: Promise<Evaluation>;
  /** Raises KeyboardInterrupt in it, as Ctrl+C does. */
  interrupt(): void;
}

export type Evaluation =
  /** It came to its end. */
  | {
      readonly status: "done";
      /** What it printed, in order. */
      readonly output: string;
      /** Of an expression; null for a statement, and for None. */
      readonly value: ValueModel | null;
      /** What `dump()` and `help()` show. */
      readonly shown: readonly Exhibit[];
      /** It raised this. */
      readonly error: ErrorModel | null;
    }
  /** More lines are needed: a block was begun, or brackets are open. */
  | { readonly status: "incomplete" }
  /** The frame is not kept any more, or its process has ended; one sentence says which. */
  | { readonly status: "gone"; readonly reason: string }
  /** The process has not answered for a long time: what runs there cannot be interrupted. */
  | { readonly status: "unanswered"; readonly seconds: number };

/** Something that was asked for by name. */
export type Exhibit =
  | { readonly kind: "variables"; readonly title: string; readonly variables: readonly VariableModel[] }
  | { readonly kind: "text"; readonly title: string; readonly text: string };
