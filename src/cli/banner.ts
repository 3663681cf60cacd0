import type { Server, Unlocking } from "../serve.ts";
import type { Settings } from "../settings/settings.ts";
import { version } from "../version.ts";
import type { Paint } from "./terminal.ts";

/** What the first lines tell. */
export interface Started {
  readonly settings: Settings;
  readonly server: Pick<Server, "urls" | "python" | "application">;
  /** Milliseconds from the start of the process to the first listening socket. */
  readonly milliseconds: number;
  readonly usedCommonVariables: readonly string[];
  /** Shown in a terminal only: what reaches a file may be read by others. @defaultValue null */
  readonly unlocking?: Unlocking | null;
  /** Keys of the terminal are obeyed. @defaultValue false */
  readonly keys?: boolean;
}

/** The banner of `highball dev`. */
export function renderBanner(started: Started, paint: Paint): string {
  const { settings, server, milliseconds, usedCommonVariables } = started;
  const widest = Math.max(...server.urls.map(({ label }) => label.length), 0);
  const urls = server.urls.map(
    ({ label, url }) => `  ${paint(label.padEnd(widest), "bold")}  ${paint(url, "cyan")}`,
  );
  const from =
    usedCommonVariables.length === 0 ? "" : `; ${listed(usedCommonVariables)} from the environment`;
  const isLoaded = server.python !== "";
  const state = isLoaded
    ? paint(`ready in ${milliseconds} ms`, "dim")
    : paint("cannot be loaded: see above. The next save tries again.", "yellow");
  return [
    "",
    `  ${paint(`Highball ${version}`, "bold", "green")}  ${server.application}  ${state}`,
    "",
    ...urls,
    ...(started.unlocking === undefined || started.unlocking === null
      ? []
      : unlockLines(started.unlocking, paint)),
    "",
    `  ${paint(`${isLoaded ? `${server.python}, ` : ""}${capacity(settings)}${from}`, "dim")}`,
    `  ${paint(started.keys === true ? "Press Ctrl+C to stop, h and Enter for help." : "Press Ctrl+C to stop.", "dim")}`,
    "",
  ].join("\n");
}

/** One click, or nine digits. */
export function unlockLines({ pin, link }: Unlocking, paint: Paint): readonly string[] {
  return [
    "",
    `  ${paint("Debugger", "bold")}  PIN ${pin}${link === null ? "" : `, or unlock it once by this link:`}`,
    ...(link === null ? [] : [`  ${paint(link, "cyan")}`]),
  ];
}

/** The first lines of the log in production: gunicorn's words, so that what reads its log reads ours. */
export function startLines(started: Started): string[] {
  const { settings, server, milliseconds, usedCommonVariables } = started;
  return [
    `Highball ${version} serves ${server.application}, ready in ${milliseconds} ms`,
    ...server.urls.map(({ url }) => `Listening at: ${url} (${process.pid})`),
    `${server.python}, ${capacity(settings)}`,
    ...(usedCommonVariables.length === 0 ? [] : [`From the environment: ${listed(usedCommonVariables)}`]),
  ];
}

function capacity({ workers, threads }: Settings): string {
  return `${count(workers, "worker")}, ${count(threads, "thread")}${workers === 1 ? "" : " each"}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function listed(names: readonly string[]): string {
  return names.join(", ");
}
