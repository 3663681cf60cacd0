import { spawn, spawnSync } from "node:child_process";
import { isatty } from "node:tty";
import { isInForeground } from "./foreground.ts";

/** Milliseconds that stty(1) gets; it needs two. */
const LIMIT = 1_000;

/** How the terminal treats what is typed: whether it shows it, and hands it out line by line. */
export interface TerminalModes {
  /**
   * Sets the modes as they were. A line editor that is killed, as pdb's is with its worker, leaves
   * a terminal behind that shows nothing of what is typed.
   *
   * Returns when it is done, so that no debugger's own modes are overwritten that come next.
   */
  restore(): void;
}

/**
 * Remembers the modes of the terminal; null where standard input is none.
 *
 * To be called before any worker may read it. It takes a moment, and nobody waits for it.
 */
export function rememberTerminalModes(): TerminalModes | null {
  if (!isatty(0)) return null;
  let modes = "";
  const child = spawn("stty", ["-g"], { stdio: ["inherit", "pipe", "ignore"] });
  child.on("error", () => {}); // no stty (Windows): nothing can be restored
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    modes += text;
  });
  return {
    restore: () => {
      // From the background it would stop this process, and the terminal is somebody else's.
      if (modes === "" || !isInForeground()) return;
      spawnSync("stty", [modes.trim()], { stdio: ["inherit", "ignore", "ignore"], timeout: LIMIT });
    },
  };
}
