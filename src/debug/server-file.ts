import { readdirSync, rmdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { readPrivateFile, writePrivateFile } from "./private-file.ts";
import {
  openProjectFolder,
  projectFolderPath,
  projectFoldersPath,
  type StateEnvironment,
} from "./project-folder.ts";

/** A server that runs, for commands and scripts of the same user. */
export interface ServerFile {
  /** `http://127.0.0.1:8000`, `unix:/run/app.sock`. */
  readonly url: string;
  /** For the header `X-Highball-Token`. */
  readonly token: string;
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

const NAME = /^server-(\d+)\.json$/;

/**
 * Says where this server is, to this user's other programs alone (mode 0600), until it stops.
 *
 * @returns what removes the file again; it never throws
 * @throws Error if it cannot be written
 */
export function writeServerFile(
  project: string,
  server: ServerFile,
  environment: StateEnvironment = process.env,
): () => void {
  const folder = openProjectFolder(project, environment);
  removeLeftBehind(folder);
  const path = join(folder, `server-${server.pid}.json`);
  writePrivateFile(path, `${JSON.stringify(server)}\n`, { replace: true });
  return () => {
    try {
      unlinkSync(path);
      rmdirSync(folder);
    } catch {
      // Somebody removed it first: what was wanted. Or the folder holds the PIN.
    }
  };
}

/** The server of a project that was started last, of those that run; null if none does. */
export function readServerFile(
  project: string,
  environment: StateEnvironment = process.env,
): ServerFile | null {
  return readServerFiles(project, environment)[0] ?? null;
}

/** The servers of a project that run, the one that was started last first. */
export function readServerFiles(
  project: string,
  environment: StateEnvironment = process.env,
): readonly ServerFile[] {
  return newestFirst(serversIn(projectFolderPath(project, environment)));
}

/** The servers of all of this user's projects that run, the one that was started last first. */
export function readAllServerFiles(environment: StateEnvironment = process.env): readonly ServerFile[] {
  const folders = projectFoldersPath(environment);
  return newestFirst(namesIn(folders).flatMap((name) => serversIn(join(folders, name))));
}

function serversIn(folder: string): readonly ServerFile[] {
  return namesIn(folder)
    .filter((name) => NAME.test(name))
    .flatMap((name) => {
      const file = readPrivateFile(join(folder, name));
      const server = file.kind === "read" ? readServer(file.text) : null;
      return server !== null && isRunning(server.pid) ? [server] : [];
    });
}

function newestFirst(servers: readonly ServerFile[]): readonly ServerFile[] {
  return servers.toSorted((one, other) => other.startedAt - one.startedAt);
}

/** What servers that were killed have left. */
function removeLeftBehind(folder: string): void {
  for (const name of namesIn(folder)) {
    const pid = NAME.exec(name)?.[1];
    if (pid === undefined || isRunning(Number(pid))) continue;
    try {
      unlinkSync(join(folder, name));
    } catch {
      // Another server that starts has done it.
    }
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readServer(text: string): ServerFile | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { url, token, pid, startedAt } = value as Readonly<Record<string, unknown>>;
  if (typeof url !== "string" || typeof token !== "string") return null;
  if (typeof pid !== "number" || typeof startedAt !== "number") return null;
  return { url, token, pid, startedAt };
}

/** A server that was killed has left its file. Another user's process is none of ours, whatever its number is. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
