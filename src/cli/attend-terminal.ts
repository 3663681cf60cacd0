import { writeSync } from "node:fs";
import { isatty } from "node:tty";
import type { Prompts } from "../prompts.ts";
import type { Unlocking } from "../serve.ts";
import type { Settings } from "../settings/settings.ts";
import { debuggerActions, type DebuggerAtHand } from "./debugger-actions.ts";
import { listenForKeys } from "./keys.ts";
import { showAddress } from "./open-browser.ts";
import { readTerminal } from "./terminal-input.ts";
import type { TerminalModes } from "./terminal-modes.ts";
import type { Output } from "./terminal.ts";

/** What the terminal needs of the server. */
export interface AttendedServer {
  /** What the browser is shown. */
  readonly url: string;
  readonly unlocking: Unlocking | null;
  readonly prompts: Prompts;
  /** Null where there is none. */
  readonly debugger: DebuggerAtHand | null;
  reload(): void;
}

export interface Attendance {
  readonly server: AttendedServer;
  readonly settings: Pick<Settings, "mode" | "reload">;
  readonly output: Output;
  readonly modes: TerminalModes | null;
  /** What Ctrl+C does. */
  readonly stop: () => void;
}

/** The terminal while the server runs. */
export interface AttendedTerminal {
  /** Keys are obeyed. */
  readonly keys: boolean;
  close(): void;
}

/** What a line editor switches on that stty(1) knows nothing of: bracketed paste; and a hidden cursor. */
const PLAIN = "\u001B[?2004l\u001B[?25h";

/**
 * Shares the terminal with the workers: keys are for the server, except while an application or its
 * debugger asks for something; after that the terminal is put right.
 */
export function attendTerminal(attendance: Attendance): AttendedTerminal {
  const { server, settings, output, modes, stop } = attendance;
  // Only a worker whose code may change tells when it reads.
  const interactive =
    settings.mode === "development" && settings.reload && isatty(0) && isatty(1) && isatty(2);
  const keys = interactive
    ? listenForKeys({
        input: readTerminal,
        output,
        actions: {
          reload: () => server.reload(),
          open: () => void showAddress(server.url, output),
          quit: stop,
          debugger: server.debugger === null ? null : debuggerActions(server.debugger, server, output),
        },
      })
    : null;
  server.prompts.subscribe((open) => {
    if (open) {
      keys?.pause();
      return;
    }
    modes?.restore();
    writePlain(output);
    keys?.resume();
  });
  if (server.prompts.open) keys?.pause();
  return { keys: keys !== null, close: () => keys?.close() };
}

function writePlain(output: Output): void {
  if (!output.isTerminal || process.env["TERM"] === "dumb") return;
  try {
    writeSync(2, PLAIN);
  } catch {
    // The terminal is full or gone: it was for looks only.
  }
}
