/** Edits of an application's two files, as editors save them, and what may be answered because of them. */
import { createHash } from "node:crypto";
import { closeSync, openSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Random } from "./random.ts";

export const savePatterns = ["truncated", "in two pieces", "replaced", "backed up"] as const;
/** Truncate and write, at once or piece by piece; write another file and rename it; rename the old one and write. */
export type SavePattern = (typeof savePatterns)[number];

export function save(path: string, text: string, pattern: SavePattern): void {
  if (pattern === "truncated") {
    writeFileSync(path, text);
  } else if (pattern === "in two pieces") {
    const descriptor = openSync(path, "w");
    writeSync(descriptor, text.slice(0, text.length / 2));
    writeSync(descriptor, text.slice(text.length / 2));
    closeSync(descriptor);
  } else if (pattern === "replaced") {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  } else {
    renameSync(path, `${path}~`);
    writeFileSync(path, text);
  }
}

const fileNames = ["app.py", "parts.py"] as const;
export type FileName = (typeof fileNames)[number];

export const faults = ["syntax", "import", "exception", "exit"] as const;
/** How code can be broken so that it does not load. */
export type Fault = (typeof faults)[number];

interface Save {
  readonly file: FileName;
  /** Six digits, so that all good saves of a file have the same size. */
  readonly version: string;
  readonly fault: Fault | null;
  readonly pattern: SavePattern;
}

/** What is on disk between two saves. */
type State = Readonly<Record<FileName, Save>>;

/** A request and its answer; a moment is the number of saves that had returned. */
export interface Exchange {
  readonly sent: number;
  readonly answered: number;
  /** What the application must say of the body: its size and its hash. */
  readonly echo: string;
  readonly status: number;
  readonly text: string;
}

export type Verdict = "right" | "told of broken code" | "stale" | "lost body" | "wrong";

/** Saves the files, and remembers what was on disk when. */
export class EditedProject {
  readonly #folder: string;
  readonly #random: Random;
  /** After no save, one, two … */
  readonly #states: State[] = [];

  constructor(folder: string, random: Random) {
    this.#folder = folder;
    this.#random = random;
    const first = { version: "000000", fault: null, pattern: "truncated" } as const;
    this.#states.push({ "app.py": { ...first, file: "app.py" }, "parts.py": { ...first, file: "parts.py" } });
    for (const file of fileNames) writeFileSync(join(folder, file), textOf({ ...first, file }));
  }

  /** Saves that have returned. */
  get moment(): number {
    return this.#states.length - 1;
  }

  /** Saves some file; what is broken is mended first. */
  edit(faulty: boolean): void {
    const { "app.py": app, "parts.py": parts } = this.#latest;
    const broken = [app, parts].find(({ fault }) => fault !== null);
    const file = broken?.file ?? (this.#random.chance(0.6) ? "app.py" : "parts.py");
    this.#save(file, faulty && broken === undefined ? this.#random.pick(faults) : null);
  }

  /** Saves a file that is not broken once more. */
  editAgain(): void {
    this.#save(this.#random.pick(fileNames), null);
  }

  get isBroken(): boolean {
    return Object.values(this.#latest).some(({ fault }) => fault !== null);
  }

  /** What the code on disk answers with first, if it is not broken. */
  get versions(): string {
    return fileNames.map((file) => this.#latest[file].version).join(" ");
  }

  /** Whether an answer is one that the code on disk gives, as it was at some moment since the request was sent. */
  judge({ sent, answered, echo, status, text }: Exchange): Verdict {
    const [app = "", parts = "", ...rest] = text.split(" ");
    const possible = this.#states.slice(sent, answered + 1);
    if (status === 500) {
      const told = possible.some((state) =>
        Object.values(state).some(({ fault, version }) => fault !== null && text.includes(mark(version))),
      );
      return told ? "told of broken code" : "wrong";
    }
    if (status !== 200) return "wrong";
    if (rest.join(" ") !== echo) return "lost body";
    const gives = (state: State): boolean => serves(state["app.py"], app) && serves(state["parts.py"], parts);
    if (possible.some(gives)) return "right";
    return this.#states.slice(0, sent).some(gives) ? "stale" : "wrong";
  }

  /** What was saved last, for messages. */
  describe(moment: number): string {
    return Object.values(this.#states[moment] ?? {})
      .map(({ file, version, fault, pattern }) => `${file} ${version} ${fault ?? "good"} (${pattern})`)
      .join(", ");
  }

  get #latest(): State {
    const state = this.#states.at(-1);
    if (state === undefined) throw new Error("there is always a first state");
    return state;
  }

  #save(file: FileName, fault: Fault | null): void {
    const version = `${this.#states.length}`.padStart(6, "0");
    const made: Save = { file, version, fault, pattern: this.#random.pick(savePatterns) };
    const after = { ...this.#latest, [file]: made };
    save(join(this.#folder, file), textOf(made), made.pattern);
    // Nothing can be answered in between: a save does not wait.
    this.#states.push(after);
  }
}

function serves({ version, fault }: Save, said: string): boolean {
  return fault === null && version === said;
}

/** What the application says of a body. */
export function echoOf(body: Buffer): string {
  return `${body.length} ${createHash("sha256").update(body).digest("hex")}`;
}

function textOf({ file, version, fault }: Save): string {
  if (fault !== null) return brokenText(fault, version);
  return file === "app.py" ? application(version) : `VERSION = "${version}"\n`;
}

function mark(version: string): string {
  return `broken_${version}`;
}

function brokenText(fault: Fault, version: string): string {
  return {
    syntax: `def ${mark(version)}(:\n    pass\n`,
    import: `import ${mark(version)}\n`,
    exception: `raise RuntimeError("${mark(version)}")\n`,
    exit: `import sys\n\nsys.exit("${mark(version)}")\n`,
  }[fault];
}

/** Answers its versions, and the size and hash of the body; the query is the time that it takes, in milliseconds. */
function application(version: string): string {
  return `import hashlib
import time

import parts

VERSION = "${version}"


def app(environ, start_response):
    time.sleep(int(environ["QUERY_STRING"] or 0) / 1000)
    body = environ["wsgi.input"].read()
    digest = hashlib.sha256(body).hexdigest()
    answer = "%s %s %d %s" % (VERSION, parts.VERSION, len(body), digest)
    headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(answer)))]
    start_response("200 OK", headers)
    return [answer.encode()]
`;
}
