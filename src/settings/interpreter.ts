import { accessSync, constants, existsSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import { HighballError } from "../errors.ts";
import type { Environment } from "./environment.ts";
import type { Settings } from "./settings.ts";

/** The Python to run. */
export interface Interpreter {
  /** Absolute. Not resolved further: a virtual environment is known by its link's own place. */
  readonly path: string;
  /** How it was found: `--python`, `VIRTUAL_ENV`, `.venv`, `PATH`. */
  readonly origin: string;
}

interface Candidate {
  readonly path: string;
  readonly origin: string;
}

/**
 * Finds the interpreter: the `python` setting, `$VIRTUAL_ENV`, `.venv` or `venv` beside the
 * application (or above it, within its project), then `python3` and `python` on PATH.
 *
 * It is not run here: that would cost every start some 20 ms, and the worker says it anyway.
 *
 * @throws HighballError PYTHON_NOT_FOUND
 */
export function findInterpreter(
  settings: Pick<Settings, "python" | "chdir" | "application">,
  environment: Environment = process.env,
): Interpreter {
  const tried: string[] = [];
  for (const { path, origin } of candidates(settings, environment)) {
    const problem = whyNotExecutable(path);
    if (problem === undefined) return { path, origin };
    tried.push(`${path} (${origin}): ${problem}`);
  }
  if (settings.python !== null) {
    const problem = tried.length > 0 ? tried.join("; ") : "there is no such command on PATH";
    throw new HighballError(
      "PYTHON_NOT_FOUND",
      `Cannot run the interpreter "${settings.python}": ${problem}.`,
      {
        hint: "Name another: highball --python /usr/bin/python3",
      },
    );
  }
  const list = [...tried, `python3 and python on PATH: ${environment["PATH"] ?? "PATH is not set"}`];
  throw new HighballError("PYTHON_NOT_FOUND", "No Python interpreter was found.", {
    hint: [
      "Looked at:",
      ...list.map((line) => `  ${line}`),
      "Install Python, make a virtual environment (python3 -m venv .venv), or name one: highball --python PATH",
    ].join("\n"),
  });
}

function* candidates(
  { python, chdir, application }: Pick<Settings, "python" | "chdir" | "application">,
  environment: Environment,
): Generator<Candidate> {
  if (python !== null) {
    if (python.includes("/")) yield { path: resolve(chdir, python), origin: "--python" };
    else yield* onPath(python, "--python", environment);
    return;
  }
  const active = environment["VIRTUAL_ENV"];
  if (active) yield { path: join(resolve(active), "bin/python"), origin: "VIRTUAL_ENV" };
  for (const folder of projectFolders(chdir, application)) {
    for (const name of [".venv", "venv"]) {
      if (existsSync(join(folder, name))) yield { path: join(folder, name, "bin/python"), origin: name };
    }
  }
  yield* onPath("python3", "PATH", environment);
  yield* onPath("python", "PATH", environment);
}

function* onPath(name: string, origin: string, environment: Environment): Generator<Candidate> {
  for (const folder of (environment["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, name);
    if (isAbsolute(folder) && existsSync(path)) yield { path, origin };
  }
}

/** Files that the top folder of a project has. */
const projectMarks = ["pyproject.toml", "setup.py", "requirements.txt", "Pipfile", ".git"];

/** The application's folder and `chdir`, then their parents up to the top of the project they are in. */
function projectFolders(chdir: string, application: string): readonly string[] {
  const folders = new Set<string>();
  for (const start of [folderOf(application, chdir), chdir]) {
    const above = foldersUpTo(start, (folder) => projectMarks.some((mark) => existsSync(join(folder, mark))));
    for (const folder of above) folders.add(folder);
  }
  return [...folders];
}

/** Where an application named by its file or folder is; a module is looked for in `chdir`. */
function folderOf(application: string, chdir: string): string {
  const path = resolve(chdir, application.replace(/:[^/]*$/, ""));
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory()) return path;
  return stat?.isFile() ? dirname(path) : chdir;
}

/** `start` and its parents up to the first that `isTop`; only `start` where none is. */
function foldersUpTo(start: string, isTop: (folder: string) => boolean): readonly string[] {
  const folders: string[] = [];
  // A mark in the home folder or above belongs to no one project.
  const end = homedir();
  for (let folder = start; folder !== end && folder !== dirname(folder); folder = dirname(folder)) {
    folders.push(folder);
    if (isTop(folder)) return folders;
  }
  return [start];
}

function whyNotExecutable(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return "there is no such file";
  if (!stat.isFile()) return "it is not a file";
  try {
    accessSync(path, constants.X_OK);
    return undefined;
  } catch {
    return "it may not be executed";
  }
}
