import type { Application } from "./application.ts";
import type { CodeState } from "./code-state.ts";
import type { Debuggee } from "./debuggee.ts";
import type { Prompts } from "./prompts.ts";
import type { WorkerProcess } from "./worker/process.ts";

/** What the banner says of the code that serves. */
export interface LoadedApplication {
  /** As it was found, for example `myproject:app`; as it was named if it cannot be loaded. */
  readonly application: string;
  /** Name and version of the interpreter; empty if it cannot be told yet. */
  readonly python: string;
}

/** The code of an application and its workers: fixed in production, kept in step with the files in development. */
export interface ServedCode {
  /** What answers requests. */
  readonly application: Application;
  /** Null where the code never changes. */
  readonly state: CodeState | null;
  readonly prompts: Prompts;
  readonly pids: readonly number[];
  /** A worker of the code that serves; null if none does. */
  readonly debuggee: Debuggee | null;
  /**
   * Loads the code for the first time.
   *
   * @param started a process that loads it already
   * @throws HighballError when it cannot be loaded, and nothing could mend that
   */
  start(started: WorkerProcess | null): Promise<LoadedApplication>;
  /** Loads it again now. */
  reload(): void;
  /** The server stops: nothing new is loaded, and what waits for that is refused. */
  freeze(): void;
  /** Refuses what still waits. */
  failWaiting(): void;
  /** Ends the workers. */
  stop(): Promise<void>;
  /** Ends everything at once. */
  kill(): void;
}
