import { constants } from "node:os";

/** What ends a server in the ordinary way: a terminal's Ctrl+C, and a supervisor's stop. */
const stopSignals = ["SIGINT", "SIGTERM"] as const;
export type StopSignal = (typeof stopSignals)[number];

export interface StopHandlers {
  /**
   * Begins an orderly stop.
   *
   * @returns false when there is nothing to stop in order yet: the process ends at once.
   */
  readonly first: (signal: StopSignal) => boolean;
  /** Ends what is still running, before the process exits. */
  readonly second: () => void;
}

export interface StopSignals {
  /** Does what the signal would. */
  raise(signal: StopSignal): void;
  release(): void;
}

/**
 * Handles SIGINT and SIGTERM until released: the first asks for an orderly stop, the second ends
 * the process at once, with exit code 128+n as shells report a signal.
 */
export function onStopSignals({ first, second }: StopHandlers): StopSignals {
  let stopping = false;
  const handle = (signal: StopSignal): void => {
    if (!stopping && first(signal)) stopping = true;
    else {
      second();
      process.exit(128 + constants.signals[signal]);
    }
  };
  for (const signal of stopSignals) process.on(signal, handle);
  return {
    raise: handle,
    release: () => {
      for (const signal of stopSignals) process.off(signal, handle);
    },
  };
}
