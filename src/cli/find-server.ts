import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { HighballError } from "../errors.ts";
import type { ServerAddress } from "./debug-client.ts";
import type { Question } from "./question.ts";

/** What the servers that run for a project's folder have written down for scripts, the newest first. */
export type ReadServerFiles = (folder: string) => readonly ServerAddress[];

/**
 * The server that a question is for: that of `--url`, or of the project.
 *
 * @param folder of the project
 * @throws HighballError SERVER_NOT_FOUND
 */
export function findServer(
  { word, url }: Pick<Question, "word" | "url">,
  folder: string,
  read: ReadServerFiles,
): ServerAddress {
  const servers = withParents(folder).flatMap(read);
  // The token is for the server that wrote it, and for no other that a URL may name.
  if (url !== null) return servers.find((server) => isSameServer(server.url, url)) ?? { url, token: null };
  const [nearest] = servers;
  if (nearest !== undefined) return nearest;
  throw new HighballError("SERVER_NOT_FOUND", `No server with a debugger runs for the project "${folder}".`, {
    hint: [
      "Start it: highball dev; or name another: --chdir PATH, --url http://127.0.0.1:8001",
      ...applicationHint(word, folder),
    ].join("\n"),
  });
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
