import { escapeLine } from "../log/escape.ts";
import type { LineInput } from "./terminal-input.ts";
import type { Output } from "./terminal.ts";

/** What keys do beside showing what there is. */
export interface KeyActions {
  readonly reload: () => void;
  readonly open: () => void;
  readonly quit: () => void;
  /** Null where there is no debugger. */
  readonly debugger: DebuggerKeyActions | null;
}

/** What keys do with the debugger: most with the newest error. */
export interface DebuggerKeyActions {
  readonly page: () => void;
  readonly pdb: () => void;
  readonly replay: () => void;
  /** Shows how a browser is unlocked. */
  readonly unlock: () => void;
}

export interface KeyOptions {
  /** Begins to read lines; null where there is nothing to read. */
  readonly input: (onLine: (line: string) => void) => LineInput | null;
  readonly output: Output;
  readonly actions: KeyActions;
}

/** Erases the screen and what has scrolled out of it, and goes to its corner: ECMA-48 §8.3.39, §8.3.21. */
const CLEAR = "\u001B[2J\u001B[3J\u001B[H";
/** Characters of an unknown line that are shown. */
const SHOWN = 20;

/** A line that may be typed: what it does to say so, and to do so. */
type Key = readonly [key: string, does: string, act: () => void];

/**
 * Obeys keys of the terminal, each with Enter: r, o, c, h and q; with a debugger d, p, e and u too.
 *
 * @returns null where nothing can be typed
 */
export function listenForKeys({ input, output, actions }: KeyOptions): LineInput | null {
  const clear = (): void => output.line(CLEAR);
  const help = (): void => {
    for (const [key, does] of all) output.line(`  ${output.paint(key, "bold")}  ${does}`);
  };
  const all: readonly Key[] = [
    ["r", "loads the application again", actions.reload],
    ["o", "opens it in the browser", actions.open],
    ...debuggerKeys(actions.debugger),
    ["c", "clears the screen", clear],
    ["h", "shows this", help],
    ["q", "stops the server", actions.quit],
  ];
  const keys = new Map([...all.map(([key, , act]) => [key, act] as const), ["?", help]]);
  return input((line) => {
    const word = line.trim();
    if (word === "") return; // a free line in the terminal: people make them
    const act = keys.get(word.toLowerCase());
    if (act === undefined) output.line(`  "${shortened(word)}" is not a key here. h and Enter shows them.`);
    else act();
  });
}

function debuggerKeys(actions: DebuggerKeyActions | null): readonly Key[] {
  if (actions === null) return [];
  return [
    ["d", "opens the newest error in the browser", actions.page],
    ["p", "looks into it here, with pdb", actions.pdb],
    ["e", "sends the request that failed last again", actions.replay],
    ["u", "shows a new link that unlocks the debugger", actions.unlock],
  ];
}

function shortened(word: string): string {
  return escapeLine(word.length > SHOWN ? `${word.slice(0, SHOWN)}…` : word);
}
