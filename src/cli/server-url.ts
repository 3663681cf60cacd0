import type { RequestOptions } from "node:http";
import { resolve } from "node:path";
import { HighballError } from "../errors.ts";

/** An address of a server, and how it is reached. */
export interface ServerUrl {
  /** As `describeUrls` writes it: `http://127.0.0.1:8000`, `unix:/run/app.sock`. */
  readonly url: string;
  /** For the field `Host`. */
  readonly host: string;
  readonly target: Pick<RequestOptions, "host" | "port" | "socketPath">;
}

/** What a server is bound to may be typed as it stands there: `localhost:8000`, `:8000`, `[::1]:8000`. */
const BARE = /^(?:[\w.-]+|\[[\da-f:.]+\])?:\d+(?:[/?#]|$)/i;
/** Names and addresses of this machine alone. */
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Reads an address of a server. A path of an `http:` address is left out: people copy it from a browser.
 *
 * @param directory that a socket's path is relative to
 * @throws HighballError INVALID_VALUE
 */
export function readServerUrl(text: string, directory: string = process.cwd()): ServerUrl {
  const given = /^unix:(?:\/\/)?(.+)$/.exec(text)?.[1];
  if (given !== undefined) {
    const path = resolve(directory, given);
    return { url: `unix:${path}`, host: "localhost", target: { socketPath: path } };
  }
  const bare = BARE.test(text) ? `http://${text.startsWith(":") ? "localhost" : ""}${text}` : text;
  const url = URL.canParse(bare) ? new URL(bare) : null;
  if (url?.protocol !== "http:" || url.hostname === "") {
    const hint =
      url?.protocol === "https:"
        ? `Highball itself speaks no TLS; ask it past the proxy: --url http://127.0.0.1:8001`
        : "For example: --url http://127.0.0.1:8001";
    throw new HighballError("INVALID_VALUE", `--url: "${text}" is no address of a server.`, { hint });
  }
  const name = url.hostname.replace(/^\[(.*)\]$/, "$1");
  return { url: url.origin, host: url.host, target: { host: name, port: url.port || 80 } };
}

/** The same of what a file says; null if it is none. */
export function tryServerUrl(text: string): ServerUrl | null {
  try {
    return readServerUrl(text);
  } catch {
    return null;
  }
}

/** Whether two addresses lead to one server: `localhost` stands for every address of this machine alone. */
export function leadToSameServer(one: ServerUrl, other: ServerUrl): boolean {
  if (one.url === other.url) return true;
  const ports = [one, other].map(({ target }) => target.port);
  if (ports[0] === undefined || String(ports[0]) !== String(ports[1])) return false;
  const names = [one, other].map(({ url }) => new URL(url).hostname);
  return names.includes("localhost") && names.every((name) => LOOPBACK.test(name));
}
