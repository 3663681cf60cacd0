/** The command as a user runs it: a process of its own, from bin/ and dist/. */
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./environment.ts";

export interface CliOptions {
  /** @defaultValue the current folder */
  readonly cwd?: string;
  /** Added to a small, clean environment: PATH, HOME, XDG_STATE_HOME and NO_COLOR; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface CliResult {
  /** 128+n when a signal ended the process, as a shell has it. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that goes on running. */
export interface RunningCli {
  readonly process: ChildProcess;
  readonly pid: number;
  /** What it has written so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves with the match once standard output or error shows `pattern`; rejects if the command ends first. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
  readonly exited: Promise<CliResult>;
}

/** Runs `highball` with the words of `args` until it ends. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return startCli(args, options).exited;
}

/** Starts `highball` with the words of `args`; whoever starts it ends it. */
export function startCli(args: readonly string[], { cwd, env = {} }: CliOptions = {}): RunningCli {
  checkBuild();
  const { PATH, HOME, XDG_STATE_HOME } = process.env;
  const child = spawn(process.execPath, [join(repository, "bin/highball.js"), ...args], {
    cwd,
    env: { PATH, HOME, XDG_STATE_HOME, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  const onOutput = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    for (const look of onOutput) look();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    for (const look of onOutput) look();
  });
  const exited = new Promise<CliResult>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      resolve({ exitCode: code ?? 128 + signalNumber(signal), stdout, stderr });
    });
  });
  return {
    process: child,
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderr: () => stderr,
    exited,
    waitFor: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(stdout) ?? pattern.exec(stderr);
          if (!match) return;
          onOutput.delete(look);
          resolve(match);
        };
        onOutput.add(look);
        look();
        child.once("close", (code) => {
          reject(
            new Error(`highball ended (${code}) before it said ${String(pattern)}:\n${stdout}${stderr}`),
          );
        });
      }),
  };
}

function signalNumber(signal: NodeJS.Signals | null): number {
  return { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGKILL: 9, SIGTERM: 15 }[String(signal)] ?? 0;
}

let checked = false;

/** A test of yesterday's build proves little. */
function checkBuild(): void {
  if (checked) return;
  const newestSource = newest(join(repository, "src"), ".ts");
  const newestBuilt = newest(join(repository, "dist"), ".js");
  if (newestBuilt < newestSource) console.warn("dist/ is older than src/: npm run build");
  checked = true;
}

function newest(folder: string, extension: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const times = files
    .filter((file) => file.endsWith(extension) && !file.endsWith(".d.ts"))
    .map((file) => statSync(join(folder, file)).mtimeMs);
  return Math.max(0, ...times);
}
