import { randomInt } from "node:crypto";
import { join } from "node:path";
import { HighballError } from "../errors.ts";
import { readPrivateFile, writePrivateFile } from "./private-file.ts";
import { codeOf, openProjectFolder, ProjectFolderProblem, type StateEnvironment } from "./project-folder.ts";
import { sameSecret } from "./same-secret.ts";

/** What unlocks the debugger for a browser; `off` where nothing has to. */
export type Pin =
  | { readonly kind: "off" }
  | { readonly kind: "on"; readonly digits: string; readonly from: PinOrigin };

/** `run` is for this run of the server only, because the project's could not be kept. */
export type PinOrigin = "environment" | "project" | "run";

/** What is used of the world to find the PIN. */
export interface PinSituation {
  /** Folder of the application. */
  readonly project: string;
  readonly environment: StateEnvironment;
  /** Told of a PIN that is not the one of last time, and why. */
  readonly warn: (message: string) => void;
}

const FILE = "pin";

/**
 * The PIN of a project: as the environment says, else a random one that is made once and kept.
 *
 * @throws HighballError INVALID_VALUE if `HIGHBALL_DEBUG_PIN` is none
 */
export function findPin(situation: PinSituation): Pin {
  return givenPin(situation) ?? keptPin(situation);
}

/**
 * What the environment says of the PIN, in a few words and without it; null if nothing.
 *
 * @throws HighballError INVALID_VALUE if `HIGHBALL_DEBUG_PIN` is none
 */
export function describeGivenPin(environment: StateEnvironment): string | null {
  const given = givenPin({ environment, warn: () => {} });
  if (given === null) return null;
  const name = (environment["HIGHBALL_DEBUG_PIN"] ?? "") === "" ? "WERKZEUG_DEBUG_PIN" : "HIGHBALL_DEBUG_PIN";
  return given.kind === "off" ? `without a PIN, by ${name}` : `PIN of ${name}`;
}

/** Whether someone has typed the PIN; spaces and dashes are for people. */
export function isPin(pin: Pin, typed: string): boolean {
  return pin.kind === "on" && sameSecret(pin.digits, digitsOf(typed));
}

/** As people read it: `123-456-789`. */
export function formatPin(digits: string): string {
  const size = [3, 4, 5].find((length) => digits.length % length === 0) ?? 3;
  return digits.match(new RegExp(`\\d{1,${size}}`, "g"))?.join("-") ?? digits;
}

function digitsOf(text: string): string {
  return text.replaceAll(/[-\s]/g, "");
}

/** Digits enough that the waits between wrong ones make it hopeless. */
function readPin(text: string): string | null {
  const digits = digitsOf(text);
  return /^\d{4,32}$/.test(digits) ? digits : null;
}

/** Not a flag: those stand in the list of processes, for every user of the machine. */
function givenPin({ environment, warn }: Pick<PinSituation, "environment" | "warn">): Pin | null {
  const own = environment["HIGHBALL_DEBUG_PIN"] ?? "";
  const werkzeug = environment["WERKZEUG_DEBUG_PIN"] ?? "";
  const text = own === "" ? werkzeug : own;
  if (text === "") return null;
  if (text.toLowerCase() === "off") return { kind: "off" };
  const digits = readPin(text);
  if (digits !== null) return { kind: "on", digits, from: "environment" };
  // The value is not quoted: it may be a PIN but for a slip.
  if (own !== "") {
    throw new HighballError(
      "INVALID_VALUE",
      "HIGHBALL_DEBUG_PIN is neither off nor 4 to 32 digits, with dashes if wanted.",
      { hint: "For example: HIGHBALL_DEBUG_PIN=123-456-789" },
    );
  }
  // As Werkzeug does.
  warn("WERKZEUG_DEBUG_PIN does not count: it is neither off nor 4 to 32 digits.");
  return null;
}

function keptPin({ project, environment, warn }: PinSituation): Pin {
  try {
    return pinIn(join(openProjectFolder(project, environment), FILE), warn);
  } catch (error) {
    const reason = error instanceof ProjectFolderProblem ? error.message : codeOf(error);
    return forThisRun(reason, warn);
  }
}

function pinIn(path: string, warn: (message: string) => void): Pin {
  const file = readPrivateFile(path);
  if (file.kind === "foreign") return forThisRun(file.reason, warn);
  const kept = file.kind === "read" ? readPin(file.text) : null;
  if (kept !== null) return { kind: "on", digits: kept, from: "project" };
  if (file.kind === "open") {
    const mode = file.mode.toString(8).padStart(3, "0");
    warn(`The debugger has a new PIN: others could read the old one, because "${path}" had mode ${mode}.`);
  } else if (file.kind === "read") {
    warn(`The debugger has a new PIN: "${path}" held none.`);
  }
  const digits = randomPin();
  if (writePrivateFile(path, `${formatPin(digits)}\n`, { replace: file.kind !== "missing" })) {
    return { kind: "on", digits, from: "project" };
  }
  // Another server of this project has just made one.
  const theirs = readPrivateFile(path);
  const other = theirs.kind === "read" ? readPin(theirs.text) : null;
  return other === null
    ? forThisRun(`"${path}" changes`, warn)
    : { kind: "on", digits: other, from: "project" };
}

function forThisRun(reason: string, warn: (message: string) => void): Pin {
  warn(`The debugger's PIN is for this run only, because ${reason}.`);
  return { kind: "on", digits: randomPin(), from: "run" };
}

function randomPin(): string {
  return String(randomInt(1_000_000_000)).padStart(9, "0");
}
