/** The debugger's routes over records, a debuggee and pages that a test makes up, and requests for them. */
import type { Debuggee, Evaluation } from "../../src/debuggee.ts";
import { Attempts } from "../../src/debug/attempts.ts";
import type { ErrorRecord } from "../../src/debug/error-record.ts";
import { Lock } from "../../src/debug/lock.ts";
import type { Pin } from "../../src/debug/pin.ts";
import type { RequestRecord } from "../../src/debug/request-record.ts";
import { DebugRoutes, type DebugParts } from "../../src/debug/routes.ts";
import type { DebugVisit } from "../../src/http/debug-door.ts";
import type { GatewayAnswer } from "../../src/http/error-page.ts";
import type { Page } from "../../src/http/error-page/page.ts";
import { MemoryLog } from "./memory-log.ts";
import { replayed } from "./replay-answers.ts";

export const PIN = "314-159-265";
export const PREFIX = "/__highball__/";

/** Evaluates nothing: it answers what the test says, when it says so. */
export class FakeDebuggee implements Debuggee {
  readonly pid = 4711;
  isGone = false;
  /** Frame and code of what was asked. */
  readonly asked: (readonly [frame: string, code: string])[] = [];
  interrupted = 0;
  result: Promise<Evaluation> = Promise.resolve({
    status: "done",
    output: "",
    value: { kind: "literal", type: "int", text: "2", cut: 0 },
    shown: [],
    error: null,
  });

  evaluate(frame: string, code: string): { result: Promise<Evaluation>; interrupt: () => void } {
    this.asked.push([frame, code]);
    return { result: this.result, interrupt: () => void (this.interrupted += 1) };
  }

  postMortem(): void {
    throw new Error("no route asks for it");
  }

  complete(frame: string, code: string): Promise<readonly string[]> {
    this.asked.push([frame, code]);
    return Promise.resolve([`${code}ped`]);
  }
}

export interface DebugFixtureOptions {
  readonly pin?: Pin;
  readonly evaluates?: boolean;
  readonly debugRemote?: boolean;
  readonly trustedHost?: readonly string[];
  readonly serverNames?: readonly string[];
}

export class DebugFixture {
  readonly errors: ErrorRecord[] = [];
  readonly requests: RequestRecord[] = [];
  readonly replayed: number[] = [];
  /** What pages were handed, as JSON. */
  readonly rendered: string[] = [];
  readonly debuggee: FakeDebuggee = new FakeDebuggee();
  console: Debuggee | null = this.debuggee;
  readonly log: MemoryLog = new MemoryLog();
  readonly lock: Lock;
  readonly routes: DebugRoutes;
  /** Of the clock of the waits. */
  seconds = 0;

  constructor(options: DebugFixtureOptions = {}) {
    const pin: Pin = options.pin ?? { kind: "on", digits: PIN.replaceAll("-", ""), from: "project" };
    const attempts = new Attempts(() => this.seconds);
    this.lock = new Lock(pin, (address) => this.log.warning(`wrong PIN from ${address}`), attempts);
    this.routes = new DebugRoutes(this.#parts(options));
  }

  #parts(options: DebugFixtureOptions): DebugParts {
    const page = (what: unknown): Page => {
      this.rendered.push(JSON.stringify(what));
      return { text: "<!doctype html>", policy: "default-src 'none'; frame-ancestors 'none'" };
    };
    const { evaluates = true, debugRemote = false, trustedHost = [], serverNames = ["127.0.0.1"] } = options;
    return {
      errors: { list: () => this.errors, get: (id) => this.errors.find((each) => each.id === id) ?? null },
      requests: {
        list: () => this.requests,
        get: (id) => this.requests.find((each) => each.id === id) ?? null,
      },
      replayer: {
        replay: ({ id }) => {
          this.replayed.push(id);
          return Promise.resolve(replayed());
        },
      },
      console: () => this.console,
      pages: {
        renderErrorPage: page,
        renderIndexPage: page,
        renderRequestsPage: page,
        renderRequestPage: page,
        renderConsolePage: () => page("console"),
        renderUnlockPage: () => page("unlock"),
        renderMissingPage: (refusal) => page(refusal),
      },
      texts: { renderText: (record) => page(record).text, renderMarkdown: (record) => page(record).text },
      rules: { serverNames: () => serverNames, trustedHost, debugRemote },
      lock: this.lock,
      run: "run",
      evaluates,
      log: this.log,
    };
  }

  async ask(visit: DebugVisit): Promise<Answered> {
    const answer = await this.routes.respond(visit);
    if (answer === null) throw new Error(`${visit.path} is not the debugger's`);
    return new Answered(answer);
  }

  /** @param target below the prefix, with its query */
  get(target: string, given: Asking = {}): Promise<Answered> {
    return this.ask(visitOf("GET", target, given));
  }

  post(target: string, body: unknown, given: Asking = {}): Promise<Answered> {
    const { headers = [], ...rest } = given;
    return this.ask(
      visitOf("POST", target, { ...rest, body, headers: [["Content-Type", "application/json"], ...headers] }),
    );
  }

  /** With the token of scripts. */
  command(target: string, body: unknown, given: Asking = {}): Promise<Answered> {
    const token = ["X-Highball-Token", this.lock.scriptToken] as const;
    return this.post(target, body, { ...given, headers: [token, ...(given.headers ?? [])] });
  }
}

/** What a browser or a script asks with. */
export interface Asking {
  readonly host?: string | null;
  readonly isLocal?: boolean;
  readonly remoteAddress?: string;
  readonly scheme?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Text, or what is sent as JSON. */
  readonly body?: unknown;
}

export function visitOf(method: string, target: string, given: Asking = {}): DebugVisit {
  const { host = "localhost:8000", isLocal = true, remoteAddress = "127.0.0.1", scheme = "http" } = given;
  const [path = "", query = ""] = target.split("?", 2);
  const { body } = given;
  return {
    method,
    path: PREFIX + path,
    query,
    scheme,
    host,
    isLocal,
    remoteAddress,
    rawHeaders: (given.headers ?? []).flat(),
    body:
      body === undefined
        ? Buffer.alloc(0)
        : Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
  };
}

/** An answer, taken apart. */
export class Answered {
  readonly status: number;
  readonly text: string;
  readonly type: string;
  readonly fields: ReadonlyMap<string, string>;
  readonly answer: GatewayAnswer;

  constructor(answer: GatewayAnswer) {
    this.answer = answer;
    this.status = answer.status;
    this.text = answer.content?.text ?? "";
    this.type = answer.content?.type ?? "";
    const lines = (answer.fields ?? "").split("\r\n").filter((line) => line !== "");
    this.fields = new Map(
      lines.map((line) => {
        const [name = "", ...value] = line.split(": ");
        return [name.toLowerCase(), value.join(": ")] as const;
      }),
    );
  }

  json(): unknown {
    return JSON.parse(this.text);
  }

  /** Of a refusal. */
  get code(): string | undefined {
    return (this.json() as { error?: { code?: string } }).error?.code;
  }

  /** `NAME=VALUE` of the cookie that it sets. */
  get cookie(): string {
    return this.fields.get("set-cookie")?.split(";")[0] ?? "";
  }

  get token(): string {
    return (this.json() as { token?: string | null }).token ?? "";
  }
}
