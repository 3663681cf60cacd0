import { readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { HighballError } from "../errors.ts";
import { reasonOf } from "../settings/environment.ts";

/**
 * Writes this process's id to a file, mode 0644, for as long as the server runs.
 *
 * A file left by a process that has died is replaced; one that holds anything but a process id is
 * never touched.
 *
 * @returns what removes the file again, unless another server has taken it over; it never throws.
 * @throws HighballError PID_FILE_HELD, PID_FILE_UNWRITABLE
 */
export function writePidFile(path: string): () => void {
  const own = `${process.pid}\n`;
  try {
    removeStale(path);
    // `wx`: of two servers that start at once, one fails.
    writeFileSync(path, own, { mode: 0o644, flag: "wx" });
  } catch (cause) {
    if (cause instanceof HighballError) throw cause;
    throw new HighballError(
      "PID_FILE_UNWRITABLE",
      `Cannot write the pid file "${path}": ${reasonOf(cause)}.`,
      {
        hint: "Name one that this user may write: --pid PATH",
        cause,
      },
    );
  }
  return () => {
    try {
      if (readFileSync(path, "utf8") === own) unlinkSync(path);
    } catch {
      // Somebody removed it first, or its folder: what was wanted.
    }
  };
}

function removeStale(path: string): void {
  let content: string;
  try {
    content = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
    throw error;
  }
  if (!/^\s*(?:[1-9]\d{0,9}\s*)?$/.test(content)) {
    throw new HighballError("PID_FILE_UNWRITABLE", `"${path}" is not a pid file: it is left as it is.`, {
      hint: "Name another: --pid PATH",
    });
  }
  const pid = Number(content);
  // Our own id: a container starts its first process with the same one each time.
  if (pid > 0 && pid !== process.pid && isRunning(pid)) {
    throw new HighballError(
      "PID_FILE_HELD",
      `The pid file "${path}" belongs to process ${pid}, which runs.`,
      {
        hint: `Stop it first: kill ${pid}`,
      },
    );
  }
  unlinkSync(path);
}

/**
 * Whether the process that wrote the file is still there. After a restart of the machine its id may
 * be another program's: where `/proc` tells, only a Highball counts.
 */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it exists, under another user.
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("highball");
  } catch {
    return true;
  }
}
