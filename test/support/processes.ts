/** What the kernel says of processes, for tests of who lives and who does not (Linux's /proc). */
import { readdirSync, readFileSync } from "node:fs";
import { vi } from "vitest";

export interface ProcessState {
  readonly pid: number;
  readonly parent: number;
  /** `Z` is a zombie: dead, and nobody has asked how it ended. */
  readonly state: string;
  /** Ticks of processor time that it has used. */
  readonly ticks: number;
}

/** One process, or null when there is none of that id. */
export function stateOf(pid: number): ProcessState | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return null;
  }
  // proc(5): the name stands in parentheses and may hold spaces and parentheses of its own.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const number = (index: number): number => Number(fields[index]);
  return { pid, parent: number(1), state: fields[0] ?? "", ticks: number(11) + number(12) };
}

/** The children of a process, zombies too. */
export function childrenOf(pid: number): ProcessState[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => stateOf(Number(name)))
    .filter((state) => state !== null)
    .filter((state) => state.parent === pid);
}

/** Whether a process runs, or could: a zombie does not. */
export function isAlive(pid: number): boolean {
  const state = stateOf(pid)?.state;
  return state !== undefined && state !== "Z" && state !== "X";
}

/** Resolves once `condition` holds. There is no event for what happens in another process. */
export function until(condition: () => boolean, milliseconds = 10_000): Promise<void> {
  const look = (): void => {
    if (!condition()) throw new Error(`not within ${milliseconds} ms: ${condition.toString()}`);
  };
  return vi.waitFor(look, { timeout: milliseconds, interval: 10 });
}

/** Which of these processes are still alive after they have had the time to go. */
export async function survivors(pids: readonly number[], milliseconds = 2000): Promise<number[]> {
  const alive = (): number[] => pids.filter(isAlive);
  await until(() => alive().length === 0, milliseconds).catch(() => undefined);
  return alive();
}
