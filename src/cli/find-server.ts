import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { HighballError } from "../errors.ts";
import type { Environment } from "../settings/environment.ts";
import type { Layer } from "../settings/layer.ts";
import { resolveInputs } from "../settings/resolve.ts";
import type { ServerAddress } from "./debug-client.ts";
import type { Question } from "./question.ts";

/** What the servers that run for a project's folder have written down for scripts, the newest first. */
export type ReadServerFiles = (folder: string) => readonly ServerAddress[];

export interface Situation {
  readonly environment: Environment;
  /** The current folder. */
  readonly directory: string;
  readonly readServerFiles: ReadServerFiles;
}

/**
 * The server that a question is for: that of `--url`, or of the project.
 *
 * @throws HighballError SERVER_NOT_FOUND, and what reading the settings throws
 */
export async function findServer(question: Question, situation: Situation): Promise<ServerAddress> {
  if (question.url !== null) return named(question.url, question, situation);
  const folder = await projectFolder(question, situation);
  const [nearest] = withParents(folder).flatMap(situation.readServerFiles);
  if (nearest !== undefined) return nearest;
  throw new HighballError("SERVER_NOT_FOUND", `No server with a debugger runs for the project "${folder}".`, {
    hint: [
      "Start it: highball dev; or name another: --chdir PATH, --url http://127.0.0.1:8001",
      ...applicationHint(question.word, folder),
    ].join("\n"),
  });
}

/** The token is for the server that wrote it, and for no other that a URL may name. */
async function named(url: string, question: Question, situation: Situation): Promise<ServerAddress> {
  const folder = await projectFolder(question, situation).catch(() => situation.directory);
  const servers = withParents(folder).flatMap(situation.readServerFiles);
  return servers.find((server) => isSameServer(server.url, url)) ?? { url, token: null };
}

/** The folder that the server was given, whichever way. */
async function projectFolder(question: Question, situation: Situation): Promise<string> {
  const { environment, directory } = situation;
  const flags: Layer =
    question.chdir === null
      ? new Map()
      : new Map([
          ["chdir", { raws: [question.chdir], origin: { kind: "flag", name: "--chdir" }, directory }],
        ]);
  const { values } = await resolveInputs({ mode: "development", flags, environment, directory });
  return values.chdir;
}

/** One may stand in a folder of the project. */
function withParents(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...withParents(parent)];
}

function isSameServer(url: string, other: string): boolean {
  if (url === other) return true;
  return (
    URL.canParse(url) &&
    URL.canParse(other) &&
    new URL(url).host !== "" &&
    new URL(url).origin === new URL(other).origin
  );
}

/** Who has an application of that name meant it, perhaps. */
function applicationHint(word: string, folder: string): string[] {
  const exists = existsSync(join(folder, `${word}.py`)) || existsSync(join(folder, word, "__init__.py"));
  return exists ? [`To serve the application "${word}": highball -- ${word}`] : [];
}
