/** A command on a real pseudo-terminal, as a user has it in front of them. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import { python, repository } from "./environment.ts";

export interface TerminalOptions {
  readonly cwd?: string;
  /** Added to PATH, HOME, a terminal without escape sequences, and no colours. */
  readonly env?: Readonly<Record<string, string>>;
  /** Started as a shell starts what ends in `&`. */
  readonly background?: boolean;
}

/** What the terminal does with what is typed. */
export interface Modes {
  /** It shows it. */
  readonly echo: boolean;
  /** It hands it out with Enter; else a line editor is at work, or was. */
  readonly lines: boolean;
}

export interface Terminal {
  /** Process id of the command. */
  readonly pid: () => number;
  /** Everything that was ever shown. */
  readonly shown: () => string;
  /** Resolves once `pattern` is shown, and forgets that and what is before; rejects if the command ends first. */
  expect(pattern: RegExp): Promise<RegExpExecArray>;
  /** Whether `pattern` has been shown and not been expected yet. */
  shows(pattern: RegExp): boolean;
  /** Types on the keyboard; `\u0003` is Ctrl+C. */
  type(text: string): void;
  modes(): Promise<Modes>;
  /** Gives the terminal to the command (`fg`), or takes it away (`bg`). */
  foreground(given: boolean): void;
  /** Resolves to the exit code; negative for a signal, as Python has it. */
  readonly exited: Promise<number>;
}

interface Message {
  readonly pid?: number;
  readonly shown?: string;
  readonly modes?: Modes;
  readonly exit?: number;
}

/** Runs a command in a terminal of its own; it is killed when the test has finished. */
export function openTerminal(command: readonly string[], options: TerminalOptions = {}): Terminal {
  const { PATH = "", HOME = "", XDG_STATE_HOME = "" } = process.env;
  const child = spawn(python, [join(repository, "test/support/terminal.py"), ...command], {
    cwd: options.cwd,
    env: {
      PATH,
      HOME,
      XDG_STATE_HOME,
      TERM: "dumb",
      NO_COLOR: "1",
      PYTHON_COLORS: "0",
      ...(options.background === true ? { TEST_BACKGROUND: "1" } : {}),
      ...options.env,
    },
    stdio: ["pipe", "pipe", "inherit"],
    // A session of its own, so that it can have a terminal.
    detached: true,
  });
  let pid = 0;
  let shown = "";
  let seen = 0;
  let ended: number | null = null;
  const looks = new Set<() => void>();
  const answers: ((modes: Modes) => void)[] = [];
  const exited = new Promise<number>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const message = JSON.parse(line) as Message;
      if (message.pid !== undefined) pid = message.pid;
      if (message.shown !== undefined) shown += message.shown;
      if (message.modes !== undefined) answers.shift()?.(message.modes);
      if (message.exit !== undefined) {
        ended = message.exit;
        resolve(message.exit);
      }
      for (const look of looks) look();
    });
  });
  const say = (message: object): void => {
    child.stdin.write(`${JSON.stringify(message)}\n`);
  };
  const closed = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
  });
  onTestFinished(async ({ task }) => {
    if (task.result?.state === "fail") console.log(`The terminal showed:\n${shown}`);
    child.stdin.end();
    await closed;
  });
  return {
    pid: () => pid,
    shown: () => shown,
    shows: (pattern) => pattern.test(shown.slice(seen)),
    type: (text) => say({ type: text }),
    foreground: (given) => say({ foreground: given }),
    modes: () =>
      new Promise((resolve) => {
        answers.push(resolve);
        say({ modes: true });
      }),
    exited,
    expect: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(shown.slice(seen));
          if (match !== null) {
            seen += match.index + match[0].length;
            resolve(match);
          } else if (ended === null) return;
          else
            reject(new Error(`the command ended (${ended}) before it showed ${String(pattern)}:\n${shown}`));
          looks.delete(look);
        };
        looks.add(look);
        look();
      }),
  };
}
