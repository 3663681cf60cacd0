/** The debugger's pages and routes before errors that a test makes up, with a process in this one that holds their frames. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { CodeState } from "../../src/code-state.ts";
import type { Debuggee, Evaluating, Evaluation } from "../../src/debuggee.ts";
import { Lock } from "../../src/debug/lock.ts";
import type { ErrorRecord } from "../../src/debug/error-record.ts";
import { renderConsolePage } from "../../src/debug/page/console-page.ts";
import { renderErrorPage } from "../../src/debug/page/error-page.ts";
import { renderIndexPage } from "../../src/debug/page/index-page.ts";
import { renderMissingPage } from "../../src/debug/page/missing-page.ts";
import type { PageContext } from "../../src/debug/page/page-context.ts";
import { renderRequestPage, renderRequestsPage } from "../../src/debug/page/requests-page.ts";
import { renderUnlockPage } from "../../src/debug/page/unlock-page.ts";
import type { Pin } from "../../src/debug/pin.ts";
import type { RequestRecord } from "../../src/debug/request-record.ts";
import { DebugRoutes } from "../../src/debug/routes.ts";
import { masks } from "../../src/debug/secrets.ts";
import type { Replayed } from "../../src/debug/sources.ts";
import { renderAnswer } from "../../src/http/error-page.ts";
import { replayed } from "./replay-answers.ts";
import { CodeEvents } from "../../src/http/refresh/code-events.ts";
import { CLIENT_SCRIPT, EVENTS_PATH, SCRIPT_PATH } from "../../src/http/refresh/client-script.ts";

export const PIN = "123-456-789";
const RUN = "run";

/** Answers evaluations as a test says. */
export class FakeDebuggee implements Debuggee {
  readonly pid = 4711;
  isGone = false;
  /** What was run: frame and code. */
  readonly evaluated: (readonly [frame: string, code: string])[] = [];
  answer: (code: string, frame: string) => Evaluation | Promise<Evaluation> = () => done({});
  completions: readonly string[] = [];
  /** Called by INTERRUPT. */
  interrupted: () => void = () => undefined;

  evaluate(frame: string, code: string): Evaluating {
    this.evaluated.push([frame, code]);
    return {
      result: Promise.resolve(this.answer(code, frame)),
      interrupt: () => this.interrupted(),
    };
  }

  complete(): Promise<readonly string[]> {
    return Promise.resolve(this.completions);
  }

  postMortem(): ReturnType<Debuggee["postMortem"]> {
    throw new Error("pages do not ask for it");
  }
}

type Done = Extract<Evaluation, { status: "done" }>;

export function done(parts: Partial<Done>): Evaluation {
  return { status: "done", output: "", value: null, shown: [], error: null, ...parts };
}

export class DebuggerSite {
  readonly code: CodeState = new CodeState();
  readonly debuggee: FakeDebuggee = new FakeDebuggee();
  lock: Lock = lockOf({ kind: "on", digits: PIN.replaceAll("-", ""), from: "run" });
  /** Newest first. */
  errors: readonly ErrorRecord[] = [];
  requests: readonly RequestRecord[] = [];
  /** Replays that were asked for, by the id of the request. */
  readonly replays: number[] = [];
  replay: (request: RequestRecord) => Replayed = () => replayed();
  /** Body of every other page: the application's. */
  application = "<!doctype html><title>shop</title><p>mended";
  /** Addresses that the application answers with its newest error. */
  readonly failing: Set<string> = new Set();
  readonly events: CodeEvents = new CodeEvents(this.code);
  readonly #server: Server;
  #routes: DebugRoutes;

  private constructor() {
    this.#routes = this.#makeRoutes();
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  #makeRoutes(): DebugRoutes {
    const context = this.context();
    return new DebugRoutes({
      errors: { get: (id) => this.errors.find((each) => each.id === id) ?? null, list: () => this.errors },
      requests: {
        get: (id) => this.requests.find((each) => each.id === id) ?? null,
        list: () => this.requests,
      },
      replayer: {
        replay: (request) => {
          this.replays.push(request.id);
          return Promise.resolve(this.replay(request));
        },
      },
      console: () => this.debuggee,
      pages: {
        renderErrorPage: (record) => renderErrorPage(record, this.context()),
        renderIndexPage: (records) => renderIndexPage(records, context),
        renderRequestsPage: (requests) => renderRequestsPage(requests, context),
        renderRequestPage: (request) => renderRequestPage(request, context),
        renderConsolePage: () => renderConsolePage(context),
        renderUnlockPage: () => renderUnlockPage(context),
        renderMissingPage: (refusal) => renderMissingPage(refusal, context),
      },
      texts: { renderText: ({ title }) => `text of ${title}`, renderMarkdown: ({ title }) => `## ${title}` },
      rules: { serverNames: () => [], trustedHost: [], debugRemote: false },
      lock: this.lock,
      run: RUN,
      evaluates: true,
      log: { debug: fail, info: fail, warning: fail, error: fail },
    });
  }

  /** Knows nobody any more, as a server that was started again. */
  startAgain(pin: Pin): void {
    this.lock = lockOf(pin);
    this.#routes = this.#makeRoutes();
  }

  static async open(): Promise<DebuggerSite> {
    const site = new DebuggerSite();
    site.code.became("ready", 1);
    await new Promise<void>((resolve) => void site.#server.listen(0, "127.0.0.1", resolve));
    return site;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** Of pages. */
  context(): PageContext {
    return {
      run: RUN,
      version: this.code.version,
      evaluates: true,
      project: "/home/me/shop",
      editorLink: ({ file, line }) => `vscode://file${encodeURI(file)}:${line}`,
      masks,
    };
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? "/", "http://localhost");
    if (pathname === EVENTS_PATH) return this.events.open(request.socket);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answer = this.#routes.respond({
      method: request.method ?? "GET",
      path: decodeURIComponent(pathname),
      query: search.slice(1),
      scheme: "http",
      host: request.headers.host ?? null,
      isLocal: true,
      remoteAddress: "127.0.0.1",
      rawHeaders: request.rawHeaders,
      body: Buffer.concat(chunks),
    });
    if (answer !== null) {
      const { text } = renderAnswer(await answer, { keepAlive: false, withBody: true });
      request.socket.end(Buffer.from(text, "latin1"));
      return;
    }
    const [newest] = this.errors;
    if (pathname === SCRIPT_PATH) response.setHeader("Content-Type", "text/javascript").end(CLIENT_SCRIPT);
    else if (this.failing.has(pathname) && newest !== undefined) {
      const { text, policy } = renderErrorPage(newest, this.context());
      response.statusCode = 500;
      response.setHeader("Content-Type", "text/html; charset=utf-8");
      response.setHeader("Content-Security-Policy", policy).end(text);
    } else response.setHeader("Content-Type", "text/html; charset=utf-8").end(this.application);
  }
}

function lockOf(pin: Pin): Lock {
  return new Lock(pin, () => undefined);
}

function fail(message: string): void {
  throw new Error(message);
}
