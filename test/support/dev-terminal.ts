/** `highball dev` in a terminal. */
import { join } from "node:path";
import { expect } from "vitest";
import { python, repository } from "./environment.ts";
import { until } from "./processes.ts";
import { openTerminal, type Terminal, type TerminalOptions } from "./terminal.ts";

/** The words of a command line that starts `highball dev app` on a free port. */
export const devCommand: readonly string[] = [
  process.execPath,
  join(repository, "bin/highball.js"),
  "dev",
  "app",
  "--port",
  "0",
];

export interface DevTerminal extends Terminal {
  readonly url: string;
}

/** Starts it in a folder that holds `app.py`; resolves once the whole banner is shown. */
export async function openDevTerminal(
  cwd: string,
  { words = [], ...options }: TerminalOptions & { readonly words?: readonly string[] } = {},
): Promise<DevTerminal> {
  const env = { HIGHBALL_PYTHON: python, ...options.env };
  const terminal = openTerminal([...devCommand, ...words], { ...options, cwd, env });
  const [, url = ""] = await terminal.expect(/(http:\/\/\S+)/);
  await terminal.expect(/Press Ctrl\+C to stop/);
  return { ...terminal, url };
}

/** Resolves once keys are obeyed again: what is typed while nobody reads is for nobody. */
export async function untilKeysWork(terminal: Terminal): Promise<void> {
  let attempt = 0;
  const answered = (): Promise<boolean> => {
    attempt += 1;
    const word = `attempt${attempt}`;
    terminal.type(`${word}\n`);
    const answer = new RegExp(`"${word}" is not a key here`);
    return until(() => terminal.shows(answer), 500).then(
      () => true,
      () => false,
    );
  };
  await expect.poll(answered, { timeout: 20_000 }).toBe(true);
}
