import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { basename, isAbsolute, join } from "node:path";

/** The variables that say where a user's programs keep what they remember. */
export type StateEnvironment = Readonly<Record<string, string | undefined>>;

/** Why a project has no folder of ours; the message is a clause: `"/x" belongs to another user`. */
export class ProjectFolderProblem extends Error {}

/**
 * Where Highball remembers things about a project: below `$XDG_STATE_HOME`, by the project's real
 * path, so that two ways to a project are one.
 *
 * @param project the folder of the application
 */
export function projectFolderPath(project: string, environment: StateEnvironment = process.env): string {
  const real = realpathSync(project);
  const key = createHash("sha256").update(real).digest("hex").slice(0, 20);
  // For people who look into it.
  const name = basename(real)
    .replaceAll(/[^\w.-]+/g, "_")
    .slice(0, 40);
  return join(projectFoldersPath(environment), `${name === "" ? "root" : name}-${key}`);
}

/** The folder of those of all projects. */
export function projectFoldersPath(environment: StateEnvironment = process.env): string {
  return join(stateHome(environment), "highball");
}

/**
 * Makes that folder, for this user alone (mode 0700).
 *
 * A folder of ours that others may enter is closed. One that is another user's, or a symbolic link,
 * is left alone: what is in it cannot be trusted, and what is written to it would not be secret.
 *
 * @throws ProjectFolderProblem
 */
export function openProjectFolder(project: string, environment: StateEnvironment = process.env): string {
  const path = projectFolderPath(project, environment);
  try {
    mkdirSync(stateHome(environment), { recursive: true, mode: 0o700 });
    for (const folder of [join(path, ".."), path]) close(folder);
  } catch (error) {
    if (error instanceof ProjectFolderProblem) throw error;
    throw new ProjectFolderProblem(`"${path}" cannot be written: ${codeOf(error)}`, { cause: error });
  }
  return path;
}

function close(folder: string): void {
  // Not recursive: a link in the place of the folder must not be followed.
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) mkdirIfMissing(folder);
  const { mode, uid } = checked(folder);
  if (uid !== ownUser(uid)) throw new ProjectFolderProblem(`"${folder}" belongs to another user`);
  if ((mode & 0o077) !== 0) chmodSync(folder, 0o700);
}

/** Two servers may start at once. */
function mkdirIfMissing(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
}

function checked(folder: string): { readonly mode: number; readonly uid: number } {
  const status = lstatSync(folder);
  if (!status.isDirectory()) throw new ProjectFolderProblem(`"${folder}" is no folder`);
  return status;
}

/** This user's number; where users have none, whoever owns a file is taken for this one. */
export function ownUser(owner: number): number {
  return process.getuid?.() ?? owner;
}

/** The XDG Base Directory Specification: a path that is relative does not count. */
function stateHome(environment: StateEnvironment): string {
  const given = environment["XDG_STATE_HOME"] ?? "";
  if (isAbsolute(given)) return given;
  const home = environment["HOME"] ?? "";
  return join(isAbsolute(home) ? home : homedir(), ".local", "state");
}

/** `EACCES`, or whatever it says in place of a code. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
