import { setImmediate as turn } from "node:timers/promises";

/** Turns of the event loop in which a connection is accepted and its first bytes are read, and some more. */
const TURNS = 5;

/**
 * Resolves when what a process had sent before it ended has been read, connections it had just opened included.
 *
 * That it has ended is heard on another descriptor, and on a busy machine first.
 */
export async function lastWords(): Promise<void> {
  for (let count = 0; count < TURNS; count += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one turn after the other
    await turn();
  }
}
