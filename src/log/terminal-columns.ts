import { openSync } from "node:fs";
import { WriteStream } from "node:tty";

/**
 * Columns of the terminal that this process was started from; null where there is none, or it does not tell.
 *
 * It is opened anew each time and not looked at as `process.stderr`: to open that makes the descriptor
 * non-blocking, for the workers that share it too.
 */
export function terminalColumns(): number | null {
  if (process.platform === "win32") return null;
  try {
    const terminal = new WriteStream(openSync("/dev/tty", "w"));
    const [columns] = terminal.getWindowSize();
    terminal.destroy();
    return columns > 0 ? columns : null;
  } catch {
    return null;
  }
}
