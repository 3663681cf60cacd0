import type { ErrorRecord } from "../debug/error-record.ts";
import { describeAnswer } from "../debug/page/answer-words.ts";
import type { ReplayAnswer } from "../debug/replay-answer.ts";
import type { RequestRecord } from "../debug/request-record.ts";
import { escapeLine } from "../log/escape.ts";
import type { Unlocking } from "../serve.ts";
import { unlockLines } from "./banner.ts";
import type { DebuggerKeyActions } from "./keys.ts";
import { showAddress } from "./open-browser.ts";
import { durationOf, statusCell } from "./record-table.ts";
import type { Output } from "./terminal.ts";

/** What keys of the terminal need of the debugger. */
export interface DebuggerAtHand {
  /** Newest first. */
  readonly errors: { list(): readonly ErrorRecord[] };
  /** Newest first. */
  readonly requests: { list(): readonly RequestRecord[] };
  /** Sends a kept request again; rejects if it is not kept any more, or nobody answers. */
  replay(request: number): Promise<ReplayedAtHand>;
}

export interface ReplayedAtHand {
  readonly status: number;
  /** Milliseconds. */
  readonly duration: number;
  /** Of the error that came of it. */
  readonly error: number | null;
  readonly answer: ReplayAnswer;
}

/** What keys need of the server around it. */
export interface DebuggedAtHand {
  readonly url: string;
  /** Each time with a new link; null where no browser has to be unlocked. */
  readonly unlocking: Unlocking | null;
}

/** What keys do with the newest error, and to unlock; what cannot be done says so in a line. */
export function debuggerActions(
  debug: DebuggerAtHand,
  server: DebuggedAtHand,
  output: Output,
  show: (page: string) => void = (page) => void showAddress(page, output),
): DebuggerKeyActions {
  const say = (text: string): void => output.line(`  ${text}`);
  return {
    page: () => {
      const [newest] = debug.errors.list();
      if (newest === undefined) say(NONE);
      else show(`${server.url}/__highball__/errors/${newest.id}`);
    },
    unlock: () => {
      const { unlocking } = server;
      if (unlocking === null) say("No PIN is asked for: the debugger is open to this machine.");
      else for (const line of unlockLines(unlocking, output.paint)) output.line(line);
    },
    pdb: () => {
      const errors = debug.errors.list();
      const begin = errors.map(beginning).find((each) => each !== null);
      if (begin === undefined) say(errors.length === 0 ? NONE : GONE);
      else begin();
    },
    replay: () => {
      const failed = lastFailed(debug);
      if (failed === null) {
        say("No request has failed.");
        return;
      }
      const asked = escapeLine(`${failed.method} ${failed.target}`);
      // The error, if it fails again, is shown like any other.
      debug.replay(failed.id).then(
        ({ status, duration, error, answer }) => {
          const { text, styles = [] } = statusCell(status);
          const told = error === null ? `, ${escapeLine(describeAnswer(answer))}` : "";
          say(`${asked} → ${output.paint(text, "bold", ...styles)} in ${durationOf(duration)}${told}`);
        },
        (error: unknown) => {
          say(
            `${asked} could not be sent again: ${escapeLine(error instanceof Error ? error.message : String(error))}`,
          );
        },
      );
    },
  };
}

const NONE = "There was no error.";
const GONE = "No process holds the frames of an error any more: e sends the request again.";

/** Code that could not be loaded is an error of no request, and yet requests have failed for it. */
function lastFailed({ errors, requests }: DebuggerAtHand): RequestRecord | null {
  const newest = requests.list().find(({ error }) => error !== null);
  // Long ago: of those that are kept for their errors.
  return newest ?? errors.list().find(({ request }) => request !== null)?.request ?? null;
}

/** What looks into an error; null if nobody can any more. */
function beginning({ debuggee, model }: ErrorRecord): (() => void) | null {
  // The innermost of those that were kept: pdb begins at the end of its traceback.
  const frame = model?.exception.frames.findLast(({ id }) => id !== "");
  if (debuggee === null || debuggee.isGone || frame === undefined) return null;
  return () => debuggee.postMortem(frame.id);
}
