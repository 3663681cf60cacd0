/** Something that has lines to write when the process ends. */
interface Finishing {
  finish(): void;
}

const waiting = new Set<Finishing>();

/** One listener for all of them: Node warns from the eleventh on. */
function finishAll(): void {
  for (const each of waiting) {
    each.finish();
  }
}

/** Has `finish` called, synchronously, when the process exits. */
export function atExit(log: Finishing): void {
  if (waiting.size === 0) {
    process.on("exit", finishAll);
  }
  waiting.add(log);
}

/** Takes {@link atExit} back. */
export function notAtExit(log: Finishing): void {
  waiting.delete(log);
  if (waiting.size === 0) {
    process.off("exit", finishAll);
  }
}
