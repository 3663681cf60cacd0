import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { codeOf, ownUser } from "./project-folder.ts";

/** What a file for this user alone came to. */
export type PrivateFile =
  | { readonly kind: "read"; readonly text: string }
  | { readonly kind: "missing" }
  /** Others may have read it: it is no secret any more. */
  | { readonly kind: "open"; readonly mode: number }
  /** It is not ours to read or to replace; a clause says why. */
  | { readonly kind: "foreign"; readonly reason: string };

/** Nobody writes more into one by hand. */
const LARGEST = 4096;

/** Reads a file that only this user may have read. It is judged by its descriptor: nobody can swap it meanwhile. */
export function readPrivateFile(path: string): PrivateFile {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT") return { kind: "missing" };
    return {
      kind: "foreign",
      reason: code === "ELOOP" ? `"${path}" is a symbolic link` : `"${path}" cannot be read: ${code}`,
    };
  }
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) return { kind: "foreign", reason: `"${path}" is no regular file` };
    if (status.uid !== ownUser(status.uid)) {
      return { kind: "foreign", reason: `"${path}" belongs to another user` };
    }
    if ((status.mode & 0o077) !== 0) return { kind: "open", mode: status.mode & 0o777 };
    if (status.size > LARGEST) return { kind: "read", text: "" };
    return { kind: "read", text: readFileSync(descriptor, "utf8") };
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Writes a file for this user alone (mode 0600), whole or not at all.
 *
 * @param replace else a file that is there already stays
 * @returns false if it stayed
 */
export function writePrivateFile(
  path: string,
  text: string,
  { replace }: { readonly replace: boolean },
): boolean {
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  const descriptor = openSync(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    try {
      writeSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    if (replace) renameSync(draft, path);
    else linkSync(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    remove(draft);
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Renamed: what was wanted.
  }
}
