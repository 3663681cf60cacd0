import { readFileSync } from "node:fs";
import { release } from "node:os";
import { sep } from "node:path";

import { realPathOf } from "./file-stamp.ts";

/**
 * File systems whose files are changed from elsewhere without this kernel's knowing: other machines, or
 * the host of a virtual machine. inotify(7): "does not support network filesystems", which also holds
 * for FUSE's, where a daemon changes them.
 */
const SILENT =
  /^(?:nfs\d?|cifs|smb\d?|smbfs|ncpfs|afs|ceph|lustre|gpfs|beegfs|glusterfs|ocfs2|gfs2|9p|drvfs|vboxsf|virtiofs|vmhgfs|prl_fs|prl_vm|fakeowner|fuse\..+)$/;

/** Linux's own words for where mounts are told (proc(5)). */
const MOUNTS = "/proc/self/mountinfo";

/**
 * The type of the file system that holds a folder, if changes to it are not told for certain; null
 * if they are, or nobody can say.
 *
 * @param mounts the text of /proc/self/mountinfo
 * @param kernel as uname(2) names its release
 */
export function silentFileSystem(
  folder: string,
  mounts: string = readMounts(),
  kernel: string = release(),
): string | null {
  const path = realPathOf(folder) ?? folder;
  let longest = -1;
  let type = "";
  for (const line of mounts.split("\n")) {
    const [mount, kind] = parseMount(line);
    // Of two at the same place the later one covers the first.
    if (mount.length >= longest && holds(mount, path)) [longest, type] = [mount.length, kind];
  }
  if (SILENT.test(type)) return type;
  // The Windows side of WSL, whichever way it is mounted.
  return /microsoft/i.test(kernel) && /^\/mnt\/[a-z](?:\/|$)/.test(path) ? "Windows" : null;
}

/** Where it is mounted, and its type; proc(5) separates optional fields by "-" and writes odd characters in octal. */
function parseMount(line: string): readonly [mount: string, type: string] {
  const [left = "", right = ""] = line.split(" - ");
  const mount = left.split(" ")[4] ?? "";
  const plain = mount.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCodePoint(parseInt(octal, 8)),
  );
  return [plain, right.split(" ")[0] ?? ""];
}

function holds(mount: string, path: string): boolean {
  if (mount === "") return false;
  return path === mount || path.startsWith(mount.endsWith(sep) ? mount : mount + sep);
}

function readMounts(): string {
  try {
    return readFileSync(MOUNTS, "utf8");
  } catch {
    // Not Linux.
    return "";
  }
}
