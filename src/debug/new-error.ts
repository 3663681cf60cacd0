import type { Failure, Fault, LoadFailure } from "../application.ts";
import type { ErrorModel } from "../error-model.ts";
import { errorLine } from "../http/error-page/traceback.ts";
import type { ErrorPlace } from "./error-record.ts";
import type { NewError } from "./error-store.ts";

/** Characters of a title: it stands in lists and notices. */
const LONGEST_TITLE = 500;

/** Where and when it came up: what the error itself does not say. */
export type Circumstances = Pick<NewError, "request" | "version">;

/**
 * What is kept of a request that failed.
 *
 * @param hasBegun the head of the response had been sent
 * @returns null where nothing is wrong with the code, as when the server is busy
 */
export function errorOf(
  failure: Exclude<Failure, { kind: "load-failed" }>,
  hasBegun: boolean,
  circumstances: Circumstances,
): NewError | null {
  switch (failure.kind) {
    case "raised":
      return raisedError(hasBegun ? "stream" : "request", failure, circumstances);
    case "invalid-response":
      return {
        ...NOTHING,
        ...circumstances,
        place: "response",
        title: oneLine(failure.message),
        message: "The application gave a response that cannot be sent.",
        hint: "PEP 3333 says what it must be; the message says what this one is.",
      };
    case "worker-died":
      return diedError(failure, circumstances);
    case "overloaded":
    case "unavailable":
      return null;
  }
}

/** What is kept of an error that no request was answered with. */
export function faultError(fault: Fault, circumstances: Circumstances): NewError {
  const { place, thread } = fault;
  const message = thread === "" ? "" : oneLine(`It came up in the thread "${thread}".`);
  return { ...raisedError(place, fault, circumstances), message };
}

/** What is kept of the end of a worker. */
export function diedError(
  death: { readonly pid: number; readonly reason: string; readonly traceback: string },
  circumstances: Circumstances,
): NewError {
  const { pid, reason, traceback } = death;
  const running = circumstances.request === null ? "" : " while it ran this request";
  return {
    ...NOTHING,
    ...circumstances,
    place: "crash",
    title: oneLine(`The worker process ended${running}: it ${reason}`),
    message: `Worker ${pid} ${reason}.`,
    hint:
      traceback === ""
        ? "The terminal of the server has what it printed last."
        : "Below is where its threads stood, as Python's faulthandler has written it.",
    traceback,
    pid,
  };
}

/** What is kept of code that cannot be loaded. */
export function loadError(problem: LoadFailure, circumstances: Circumstances): NewError {
  const { message, hint, traceback, error, output } = problem;
  const line = error === null ? errorLine(traceback) : lineOf(error);
  const title = oneLine(line === "" ? message : line);
  return {
    ...NOTHING,
    ...circumstances,
    place: "load",
    title,
    message: message === title ? "" : withoutEnd(message, errorLine(traceback)),
    hint,
    traceback,
    model: error,
    output,
  };
}

const NOTHING: Omit<NewError, "place" | "title" | "request" | "version"> = {
  message: "",
  hint: "",
  traceback: "",
  model: null,
  pid: 0,
  debuggee: null,
  output: [],
};

function raisedError(
  place: ErrorPlace,
  raised: Pick<Fault, "traceback" | "error" | "output"> & { readonly debuggee: Fault["debuggee"] | null },
  circumstances: Circumstances,
): NewError {
  const { traceback, error, output, debuggee } = raised;
  const line = error === null ? errorLine(traceback) : lineOf(error);
  return {
    ...NOTHING,
    ...circumstances,
    place,
    title: oneLine(line === "" ? "The application raised an error" : line),
    traceback,
    model: error,
    output,
    pid: debuggee?.pid ?? 0,
    debuggee,
  };
}

/** `Importing 'app' failed at app.py, line 5: NameError: …`, of which the title says the end. */
function withoutEnd(message: string, line: string): string {
  return line !== "" && message.endsWith(`: ${line}`) ? `${message.slice(0, -line.length - 2)}.` : message;
}

function lineOf({ exception: { type, message } }: ErrorModel): string {
  return message === "" ? type : `${type}: ${message}`;
}

function oneLine(text: string): string {
  const [first = "", second = "", ...rest] = text.trim().split(/[\r\n]+/);
  // Of a form's field that is missing Werkzeug says in the second line which.
  const line = rest.length === 0 && second !== "" ? `${first} ${second}` : first;
  return line.length > LONGEST_TITLE ? `${line.slice(0, LONGEST_TITLE - 1)}…` : line;
}
