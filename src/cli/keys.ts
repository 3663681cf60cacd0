import { escapeLine } from "../log/escape.ts";
import type { LineInput } from "./terminal-input.ts";
import type { Output } from "./terminal.ts";

/** What keys do beside showing what there is. */
export interface KeyActions {
  readonly reload: () => void;
  readonly open: () => void;
  readonly quit: () => void;
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

const HELP = [
  ["r", "loads the application again"],
  ["o", "opens it in the browser"],
  ["c", "clears the screen"],
  ["h", "shows this"],
  ["q", "stops the server"],
] as const;

/**
 * Obeys keys of the terminal: r, o, c, h and q, each with Enter.
 *
 * @returns null where nothing can be typed
 */
export function listenForKeys({ input, output, actions }: KeyOptions): LineInput | null {
  const clear = (): void => output.line(CLEAR);
  const help = (): void => {
    for (const [key, does] of HELP) output.line(`  ${output.paint(key, "bold")}  ${does}`);
  };
  const keys: ReadonlyMap<string, () => void> = new Map([
    ["r", actions.reload],
    ["o", actions.open],
    ["c", clear],
    ["h", help],
    ["?", help],
    ["q", actions.quit],
  ]);
  return input((line) => {
    const word = line.trim();
    if (word === "") return; // a free line in the terminal: people make them
    const act = keys.get(word.toLowerCase());
    if (act === undefined) output.line(`  "${shortened(word)}" is not a key here. h and Enter shows them.`);
    else act();
  });
}

function shortened(word: string): string {
  return escapeLine(word.length > SHOWN ? `${word.slice(0, SHOWN)}…` : word);
}
