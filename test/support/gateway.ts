/** A gateway in this process, before an application that a test writes in TypeScript. */
import type {
  Application,
  ApplicationRequest,
  Call,
  Failure,
  RequestBody,
  Responder,
} from "../../src/application.ts";
import { CodeState } from "../../src/code-state.ts";
import { Debugger, type DebugPages } from "../../src/debug/debugger.ts";
import type { AccessRecord } from "../../src/http/access-record.ts";
import { Gateway } from "../../src/http/gateway.ts";
import { openListeners } from "../../src/http/listeners.ts";
import { parseAddress } from "../../src/settings/address.ts";
import { resolveOptions, type Options } from "../../src/settings/options.ts";
import { apps } from "./environment.ts";
import { Client } from "./http-client.ts";

/** What the application is asked. */
export interface Asked {
  readonly environ: Readonly<Record<string, string>>;
  readonly path: string;
  readonly body: RequestBody;
  /** As `ApplicationRequest.record`. */
  readonly record: number;
}

/** Answers a request, now or later. */
export type Answer = (responder: Responder, asked: Asked) => void;

/** What a client is to see. */
export interface Page {
  readonly status?: string;
  readonly type?: string;
  /** Header lines joined by LF. */
  readonly headers?: string;
  readonly body: string;
}

/** A response in one piece, with UTF-8 in it. */
export function page({ status = "200 OK", type = "text/html; charset=utf-8", headers, body }: Page): Answer {
  const lines = [status, `Content-Type: ${type}`, ...(headers === undefined ? [] : [headers])].join("\n");
  return (responder) => responder.respond(lines, Buffer.from(body), true);
}

/** No response. */
export function failing(failure: Failure): Answer {
  return (responder) => responder.fail(failure);
}

export interface TestGatewayOptions {
  readonly settings?: Options;
  /** Null for a gateway whose code does not change. */
  readonly code?: CodeState | null;
  /** What the debugger answers for itself; without it there is no debugger. */
  readonly pages?: DebugPages;
}

export class TestGateway implements Application {
  readonly gateway: Gateway;
  readonly code: CodeState;
  /** Null without `pages`. */
  readonly debugger: Debugger | null;
  /** What the access log was told. */
  readonly accesses: AccessRecord[] = [];
  /** What the log was told. */
  readonly messages: string[] = [];
  /** How requests are answered from now on. */
  answer: Answer = page({ body: "<!doctype html><title>hello</title><p>hello" });
  /** Requests that reached the application. */
  readonly asked: Asked[] = [];
  port = 0;
  #clients: Client[] = [];

  private constructor({ settings = {}, code = new CodeState(), pages }: TestGatewayOptions) {
    const note = (message: string): void => void this.messages.push(message);
    this.code = code ?? new CodeState();
    const options = { mode: "development", chdir: apps, application: "hello:app", ...settings } as const;
    const resolved = resolveOptions(options).settings;
    this.debugger = pages === undefined ? null : this.#makeDebugger(pages, resolved.passthroughErrors);
    this.gateway = new Gateway(
      resolved,
      this,
      { debug: note, info: note, warning: note, error: note },
      {
        write: (record) => void this.accesses.push(record),
        reopen: () => undefined,
        close: () => Promise.resolve(),
      },
      code,
      this.debugger,
    );
  }

  #makeDebugger(pages: DebugPages, passesErrors: boolean): Debugger {
    const made = new Debugger({
      version: () => this.code.version,
      address: () => (this.port === 0 ? null : { address: "127.0.0.1", family: "IPv4", port: this.port }),
      passesErrors,
      showsErrors: false,
    });
    made.open(pages);
    return made;
  }

  static async open(options: TestGatewayOptions & { readonly bind?: string } = {}): Promise<TestGateway> {
    const made = new TestGateway(options);
    await made.listen(options.bind ?? "127.0.0.1:0");
    return made;
  }

  async listen(bind: string): Promise<void> {
    const { gateway } = this;
    const listeners = await openListeners([parseAddress(bind)], { log: gateway.log }, () =>
      gateway.makeServer(),
    );
    gateway.listening(listeners);
    for (const { address } of listeners) if (address.kind === "tcp") this.port = address.port;
  }

  begin({ environ, body, record = 0 }: ApplicationRequest, responder: Responder): Call {
    const parts = environ.split("\0");
    const variables: Record<string, string> = {};
    for (let index = 0; index + 1 < parts.length; index += 2)
      variables[parts[index] ?? ""] = parts[index + 1] ?? "";
    const asked = { environ: variables, path: variables["PATH_INFO"] ?? "", body, record };
    this.asked.push(asked);
    this.answer(responder, asked);
    return { pid: 4242, cancel: () => undefined, consumed: () => undefined };
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  async connect(host = "127.0.0.1"): Promise<Client> {
    const client = await Client.connect({ host, port: this.port });
    this.#clients.push(client);
    return client;
  }

  /** Leaves at once, whoever is still connected. */
  close(): void {
    for (const client of this.#clients) client.destroy();
    this.gateway.close();
  }
}
