import { type IncomingMessage, request } from "node:http";
import { HighballError } from "../errors.ts";
import { escapeLine } from "../log/escape.ts";
import { readServerUrl, type ServerUrl } from "./server-url.ts";

/** Below it is all that the gateway itself answers (docs/reference/development.md). */
const PREFIX = "/__highball__/";
/** Milliseconds without a byte after which a server is taken for dead; a replay may wait for code that loads. */
const SILENCE = 90_000;
/** The server's own words would be for browsers and for clients of the API. */
const NO_TOKEN =
  "Type it as the user who started the server, with the same HOME and XDG_STATE_HOME: its token is in a file there.";

/** Where a server is, and what lets this command use its debugger. */
export interface ServerAddress {
  /** As `describeUrls` writes it: `http://127.0.0.1:8000`, `unix:/run/app.sock`. */
  readonly url: string;
  /** Of scripts; null where there is none: then one can look and do nothing. */
  readonly token: string | null;
}

/** The debugger of a server that runs, over HTTP. */
export class DebugClient {
  readonly url: string;
  readonly #token: string | null;
  readonly #host: string;
  readonly #target: ServerUrl["target"];

  /** @throws HighballError INVALID_VALUE if the address is none that can be asked */
  constructor({ url, token }: ServerAddress) {
    this.#token = token;
    const read = readServerUrl(url);
    this.url = read.url;
    this.#host = read.host;
    this.#target = read.target;
  }

  /** What is at a path below the prefix, as JSON text. @throws HighballError */
  json(path: string): Promise<string> {
    return this.#ask("GET", path, "application/json");
  }

  /** What is there as text for people. @throws HighballError */
  text(path: string): Promise<string> {
    return this.#ask("GET", path, "text/plain");
  }

  /** What is there as Markdown. @throws HighballError */
  markdown(path: string): Promise<string> {
    return this.#ask("GET", `${path}?format=markdown`, "text/markdown");
  }

  /** Has something done; resolves to JSON text. @throws HighballError */
  post(path: string, payload: object): Promise<string> {
    return this.#ask("POST", path, "application/json", JSON.stringify(payload));
  }

  /** Begins to read the stream of events, which ends when the server does; yields the name of each. @throws HighballError */
  async listen(): Promise<AsyncIterable<string>> {
    const response = await this.#send("GET", "events", "text/event-stream");
    if (isAnswer(response, "text/event-stream")) return namesOf(response);
    return this.#refuse(response, await textOf(response), "events");
  }

  async #ask(method: string, path: string, accept: string, payload?: string): Promise<string> {
    const response = await this.#send(method, path, accept, payload);
    const text = await textOf(response).catch((error: unknown) => {
      throw this.#unreachable(error);
    });
    if (!isAnswer(response, accept)) this.#refuse(response, text, path);
    return text;
  }

  #send(method: string, path: string, accept: string, payload?: string): Promise<IncomingMessage> {
    const headers = {
      Host: this.#host,
      Accept: accept,
      Connection: "close",
      ...(payload === undefined
        ? {}
        : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(payload) }),
      // Looking needs none, and what is not sent goes nowhere.
      ...(payload === undefined || this.#token === null ? {} : { "X-Highball-Token": this.#token }),
    };
    return new Promise((resolve, reject) => {
      const sent = request({ ...this.#target, method, path: PREFIX + path, headers, agent: false });
      sent.setTimeout(SILENCE, () => sent.destroy(new Error(`it was silent for ${SILENCE / 1000} s`)));
      sent.once("response", resolve);
      sent.once("error", (error) => reject(this.#unreachable(error)));
      sent.end(payload);
    });
  }

  #unreachable(error: unknown): HighballError {
    return new HighballError(
      "SERVER_UNREACHABLE",
      `No server answers at "${this.url}": ${reasonOf(error)}.`,
      {
        hint: "Start it: highball dev",
        cause: error,
      },
    );
  }

  /** What the server says against it, in its own words: it knows best. */
  #refuse({ statusCode = 0 }: IncomingMessage, text: string, path: string): never {
    const said = readRefusal(text);
    const list = /^(errors|requests)\/\d/.exec(path)?.[1];
    if (said === null || (statusCode === 404 && list === undefined)) {
      throw new HighballError(
        "DEBUGGER_OFF",
        `What answers at "${this.url}" has no debugger (status ${statusCode}).`,
        { hint: "It is there in development: highball dev" },
      );
    }
    if (statusCode === 404) {
      throw new HighballError("RECORD_NOT_FOUND", said.message, { hint: `List them: highball ${list}` });
    }
    if (said.code === "LOCKED" && this.#token === null) {
      throw new HighballError(
        "SERVER_REFUSED",
        `The server at "${this.url}" does this only for whoever has its token, and none was found.`,
        { hint: NO_TOKEN },
      );
    }
    throw new HighballError("SERVER_REFUSED", said.message, said.hint === "" ? {} : { hint: said.hint });
  }
}

/** Whether it is what was asked for: an application may answer any path with a page of its own. */
function isAnswer({ statusCode, headers }: IncomingMessage, accept: string): boolean {
  const [type = ""] = (headers["content-type"] ?? "").split(";");
  return statusCode === 200 && (type === accept || (accept === "text/markdown" && type === "text/plain"));
}

async function* namesOf(response: IncomingMessage): AsyncGenerator<string, void, undefined> {
  response.socket.setTimeout(0);
  let rest = "";
  try {
    for await (const chunk of response.setEncoding("utf8") as AsyncIterable<string>) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const name = /^event: ?(.+)$/.exec(line)?.[1];
        if (name !== undefined) yield name;
      }
    }
  } catch {
    // The server was killed: as good as its end.
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8") as AsyncIterable<string>) text += chunk;
  return text;
}

/** `{"error": {"code", "message", "hint"}}`; null where something else answers. */
function readRefusal(text: string): Readonly<Record<"code" | "message" | "hint", string>> | null {
  try {
    const { error } = JSON.parse(text) as { error?: { code?: unknown; message?: unknown; hint?: unknown } };
    if (typeof error?.code !== "string" || typeof error.message !== "string") return null;
    const hint = typeof error.hint === "string" ? error.hint : "";
    // Whatever answers there, it does not command this terminal.
    return {
      code: error.code,
      message: escapeLine(error.message),
      hint: hint.split("\n").map(escapeLine).join("\n"),
    };
  } catch {
    return null;
  }
}

function reasonOf(error: unknown): string {
  // One for each address that the name has.
  const [first = error] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  if (!(first instanceof Error)) return String(first);
  const code = "code" in first ? first.code : "";
  if (code === "ECONNREFUSED") return "nothing listens there";
  if (code === "ENOENT") return "there is no such socket";
  if (code === "ENOTFOUND") return "the name has no address";
  return first.message;
}
