/** A server that speaks the debugger's API (docs/reference/development.md) and serves nothing else. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface FakeAnswer {
  /** @defaultValue 200 */
  readonly status?: number;
  /** @defaultValue `application/json` */
  readonly type?: string;
  /** What is no text is sent as JSON. */
  readonly body: unknown;
}

/** A request as it came. */
export interface Asked {
  readonly method: string;
  /** Path below the prefix, and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface FakeDebugger {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** Sends an event to whoever listens; resolves once somebody does. */
  tell(event: string, data: object): Promise<void>;
  /** Ends it, and with it the streams. */
  readonly close: () => Promise<void>;
}

/**
 * Starts one; it ends with the test.
 *
 * @param answers by `METHOD PATH`, and `METHOD PATH ACCEPT` where that matters; what is not there is 404
 * @param address a port or a path
 */
export async function fakeDebugger(
  answers: Readonly<Record<string, FakeAnswer | (() => FakeAnswer)>>,
  address: number | string = 0,
): Promise<FakeDebugger> {
  const asked: Asked[] = [];
  const streams: ServerResponse[] = [];
  const waiting: (() => void)[] = [];
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "", url = "", headers } = request;
    const path = url.replace(/^\/__highball__\//, "");
    let body = "";
    for await (const chunk of request.setEncoding("utf8") as AsyncIterable<string>) body += chunk;
    asked.push({ method, path, headers, body });
    if (path === "events") {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      response.write('retry: 250\n\nevent: state\ndata: {"version":"1","status":"ready"}\n\n');
      streams.push(response);
      for (const resolve of waiting.splice(0)) resolve();
      return;
    }
    const found = answers[`${method} ${path} ${headers.accept}`] ?? answers[`${method} ${path}`] ?? missing;
    const answer = typeof found === "function" ? found() : found;
    const { status = 200, type = "application/json" } = answer;
    response.writeHead(status, { "Content-Type": type });
    response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
  };
  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((resolve) => {
    if (typeof address === "string") server.listen(address, resolve);
    else server.listen(address, "127.0.0.1", resolve);
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  onTestFinished(close);
  return {
    url:
      typeof address === "string"
        ? `unix:${address}`
        : `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    tell: async (event, data) => {
      if (streams.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      for (const stream of streams) stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    close,
  };
}

const missing: FakeAnswer = {
  status: 404,
  body: { error: { code: "NOT_FOUND", message: "There is no error 9.", hint: "" } },
};
