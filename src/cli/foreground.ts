import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * Whether this process may read its terminal and change its modes: a shell gives that to one process
 * group at a time, and the system stops any other that tries (SIGTTIN, SIGTTOU: termios(3), "Job control").
 */
export function isInForeground(): boolean {
  if (process.platform === "win32") return true;
  try {
    return process.platform === "linux" ? fromKernel() : fromPs();
  } catch {
    return false;
  }
}

function fromKernel(): boolean {
  const stat = readFileSync("/proc/self/stat", "latin1");
  // proc(5): the name stands in parentheses, and may hold some; then state, ppid, pgrp, session, tty_nr, tpgid.
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return group === foreground;
}

function fromPs(): boolean {
  const state = execFileSync("ps", ["-o", "stat=", "-p", String(process.pid)], { encoding: "utf8" });
  return state.includes("+");
}
