import { existsSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { HighballError } from "../errors.ts";
import type { ServerAddress } from "./debug-client.ts";
import type { Question } from "./question.ts";
import { leadToSameServer, readServerUrl, tryServerUrl } from "./server-url.ts";

/** What this user's servers that run have written down for scripts. */
export interface ServerFiles {
  /** Those of a project's folder, the newest first. */
  of(folder: string): readonly ServerAddress[];
  /** Those of every project. */
  all(): readonly ServerAddress[];
}

/** What is asked, and what might have been meant. */
export interface FoundServer {
  readonly server: ServerAddress;
  /** Others that run for the same folder. */
  readonly others: readonly ServerAddress[];
}

/**
 * The server that a question is for: that of `--url`, or of the project.
 *
 * @param folder of the project
 * @param directory the current folder
 * @throws HighballError SERVER_NOT_FOUND, INVALID_VALUE
 */
export async function findServer(
  { word, url }: Pick<Question, "word" | "url">,
  folder: string,
  directory: string,
  files: ServerFiles,
): Promise<FoundServer> {
  if (url !== null) return { server: namedServer(url, directory, files), others: [] };
  let silent: ServerAddress | null = null;
  for (const each of withParents(folder)) {
    const servers = files.of(each);
    // oxlint-disable-next-line no-await-in-loop -- the nearest folder first
    const [server, ...others] = await listening(servers);
    if (server !== undefined) return { server, others };
    silent ??= servers[0] ?? null;
  }
  // It tells best itself why it does not answer.
  if (silent !== null) return { server: silent, others: [] };
  const elsewhere = await listening(files.all());
  throw new HighballError("SERVER_NOT_FOUND", `No server with a debugger runs for the project "${folder}".`, {
    hint: [
      "Start it: highball dev; or name another: --chdir PATH, --url http://127.0.0.1:8001",
      ...(elsewhere.length === 0 ? [] : [`Of other projects run: ${elsewhere.map(urlFlag).join(", ")}`]),
      ...applicationHint(word, folder),
    ].join("\n"),
  });
}

/** A server as the flag that names it. */
export function urlFlag({ url }: ServerAddress): string {
  return `--url ${url}`;
}

/**
 * The token is for the server that wrote it, and for no other that a URL may name: where the port is its own it is asked
 * at the address that it has written down, since by another name of this machine somebody else may listen there.
 */
function namedServer(url: string, directory: string, files: ServerFiles): ServerAddress {
  const named = readServerUrl(url, directory);
  const servers = files.all();
  return (
    servers.find((server) => server.url === named.url) ??
    servers.find((server) => {
      const own = tryServerUrl(server.url);
      return own !== null && leadToSameServer(own, named);
    }) ?? { url: named.url, token: null }
  );
}

/** Those that accept a connection: a server that was killed has left its file, and its number may be another process's by now. */
async function listening(servers: readonly ServerAddress[]): Promise<readonly ServerAddress[]> {
  const answers = await Promise.all(servers.map(({ url }) => accepts(url)));
  return servers.filter((_, index) => answers[index] === true);
}

function accepts(url: string): Promise<boolean> {
  const target = tryServerUrl(url)?.target;
  if (target === undefined) return Promise.resolve(false);
  const { socketPath, host, port } = target;
  const socket =
    typeof socketPath === "string"
      ? connect(socketPath)
      : connect({ host: host ?? "localhost", port: Number(port) });
  return new Promise((resolve) => {
    const end = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    // One that is too busy to accept does run.
    socket.setTimeout(PATIENCE, end(true));
    socket.once("connect", end(true));
    socket.once("error", end(false));
  });
}

/** Milliseconds until a connection of this machine's is there. */
const PATIENCE = 1_000;

/** One may stand in a folder of the project. */
function withParents(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...withParents(parent)];
}

/** Who has an application of that name meant it, perhaps. */
function applicationHint(word: string, folder: string): string[] {
  const exists = existsSync(join(folder, `${word}.py`)) || existsSync(join(folder, word, "__init__.py"));
  return exists ? [`To serve the application "${word}": highball -- ${word}`] : [];
}
