import type { Settings } from "../settings/settings.ts";
import { version } from "../version.ts";
import type { Server } from "./server-type.ts";
import type { Output } from "./terminal.ts";

/** What the first lines tell. */
export interface Started {
  readonly settings: Settings;
  readonly server: Pick<Server, "urls" | "python" | "application">;
  /** Milliseconds from the start of the process to the first listening socket. */
  readonly milliseconds: number;
  readonly usedCommonVariables: readonly string[];
}

/** The banner of `highball dev`. */
export function renderBanner(started: Started, paint: Output["paint"]): string {
  const { settings, server, milliseconds, usedCommonVariables } = started;
  const widest = Math.max(...server.urls.map(({ label }) => label.length), 0);
  const urls = server.urls.map(
    ({ label, url }) => `  ${paint("bold", label.padEnd(widest))}  ${paint("cyan", url)}`,
  );
  const from =
    usedCommonVariables.length === 0 ? "" : `; ${listed(usedCommonVariables)} from the environment`;
  return [
    "",
    `  ${paint(["bold", "green"], `Highball ${version}`)}  ${server.application}  ${paint("dim", `ready in ${milliseconds} ms`)}`,
    "",
    ...urls,
    "",
    `  ${paint("dim", `${server.python}, ${capacity(settings)}${from}`)}`,
    `  ${paint("dim", "Press Ctrl+C to stop.")}`,
    "",
  ].join("\n");
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
  return `${count(workers, "worker")} of ${count(threads, "thread")}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function listed(names: readonly string[]): string {
  return names.join(", ");
}
