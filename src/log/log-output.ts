/** Where lines go. Nothing here throws once it is open: a log never breaks a request. */
export interface LogOutput {
  readonly isTerminal: boolean;
  /** Adds a line (or several), written at the end of this turn of the event loop. */
  write(line: string): void;
  /** Writes what waits, as far as the other end takes it. */
  flush(): void;
  /** Opens the file again under its name: after logrotate has moved it away. */
  reopen(): void;
  /** Writes what waits, for a second at most, and lets go of the file. */
  close(): Promise<void>;
}

export interface LogOutputOptions {
  /** What the messages about it call it, for example `access log`. */
  readonly name: string;
  /** Told once when writing begins to fail, once when lines are lost, once when it goes on. */
  readonly onProblem: (message: string) => void;
  /** Lines must be out when `flush` returns, even where that may wait for a reader. @defaultValue false */
  readonly isUrgent?: boolean;
  /** Runs when the process exits, before the last lines are written. */
  readonly beforeExit?: () => void;
}

/** Characters that wait for a slow reader or a full disk before lines are dropped. */
export const HELD_LIMIT: number = 16 * 1024 * 1024;
