import { isIPv4 } from "node:net";
import type { Socket } from "node:net";
import type { CodeNews, CodeState } from "../code-state.ts";
import type { GatewayAnswer } from "./error-page.ts";
import { EventStream } from "./event-stream.ts";
import { splitHost } from "./host.ts";
import { CLIENT_SCRIPT, EVENTS_PATH, INTERNAL_PREFIX, SCRIPT_PATH } from "./refresh/client-script.ts";
import { fieldValues } from "./request-fields.ts";

/** Milliseconds between two signs of life on an event stream. */
const KEEP_ALIVE = 15_000;
/** Milliseconds after which a client connects again. */
const RETRY = 250;

/** A request, as far as it decides what the gateway itself has for it. */
export interface Visit {
  readonly method: string;
  /** Percent-decoded, without the query. */
  readonly path: string;
  /** Host, or the authority of the target; null where there is none. */
  readonly host: string | null;
  /** It comes from this machine, also in the eyes of a proxy before the gateway. */
  readonly isLocal: boolean;
  readonly rawHeaders: readonly string[];
}

/** Whether an address leads to the machine that it is used on. */
export function isLoopback(address: string): boolean {
  return address === "::1" || (isIPv4(address) && address.startsWith("127."));
}

/** An answer, or the wish to hear of events from now on. */
export type InternalResponse = GatewayAnswer | "events";

/**
 * What the gateway answers itself in development, below `/__highball__/`: for pages of this
 * machine that want to know of the code (docs/reference/development.md).
 */
export class InternalRoutes {
  readonly code: CodeState;
  readonly #serverNames: () => readonly string[];
  readonly #streams: Set<EventStream> = new Set();
  #timer: NodeJS.Timeout | null = null;
  #unsubscribe: (() => void) | null = null;
  #closed = false;

  /** @param serverNames the hosts that the listeners were given */
  constructor(code: CodeState, serverNames: () => readonly string[]) {
    this.code = code;
    this.#serverNames = serverNames;
  }

  /** Event streams that are open. */
  get listening(): number {
    return this.#streams.size;
  }

  owns(path: string): boolean {
    return path.startsWith(INTERNAL_PREFIX);
  }

  /**
   * Whether whoever asks may use the routes. An address of another's domain that leads here (DNS
   * rebinding) has a Host that is none of ours.
   */
  admits(visit: Pick<Visit, "isLocal" | "host">): boolean {
    if (!visit.isLocal || visit.host === null) return false;
    const name = splitHost(visit.host).name.toLowerCase();
    return (
      name === "localhost" ||
      name.endsWith(".localhost") ||
      isLoopback(name.replace(/^\[(.*)\]$/, "$1")) ||
      this.#serverNames().some((serverName) => serverName.toLowerCase() === name)
    );
  }

  /** Answers a request below the prefix. */
  respond(visit: Visit): InternalResponse {
    if (!this.admits(visit)) {
      const reason = `What is below ${INTERNAL_PREFIX} is for browsers on this machine, at an address such as http://localhost/.`;
      return { status: 403, reason };
    }
    if (visit.path !== EVENTS_PATH && visit.path !== SCRIPT_PATH) {
      return {
        status: 404,
        reason: `There is nothing at this address; ${EVENTS_PATH} is one that there is.`,
      };
    }
    if (visit.method !== "GET" && visit.method !== "HEAD") {
      return { status: 405, reason: "This address has GET only.", fields: "Allow: GET, HEAD\r\n" };
    }
    if (visit.path === SCRIPT_PATH) return script;
    // Fetch Metadata: only a page of the same origin, or somebody without a page.
    const [site = "none"] = fieldValues(visit.rawHeaders, "sec-fetch-site");
    if (site !== "same-origin" && site !== "none") {
      return { status: 403, reason: "Events are not for pages of other sites." };
    }
    if (this.#closed) return { status: 503, reason: "The server is going down.", retryAfter: 1 };
    return visit.method === "HEAD" ? headOfEvents : "events";
  }

  /** Sends events on a connection that carries nothing after them. */
  stream(socket: Socket): void {
    const stream = new EventStream(socket, RETRY, () => this.#left(stream));
    this.#streams.add(stream);
    const { status, version } = this.code;
    stream.send("state", { version, status });
    this.#unsubscribe ??= this.code.subscribe((news) => this.#tell(news));
    this.#timer ??= setInterval(() => {
      for (const each of this.#streams) each.keepAlive();
    }, KEEP_ALIVE).unref();
  }

  /** Ends the streams; there will be no more. */
  close(): void {
    this.#closed = true;
    for (const stream of this.#streams) stream.end();
  }

  #tell(news: CodeNews): void {
    const { version } = news;
    for (const stream of this.#streams) {
      if (news.kind === "code") stream.send("state", { version, status: news.status });
      else stream.send("asset", { role: news.role, version });
    }
  }

  #left(stream: EventStream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    this.#unsubscribe?.();
    this.#unsubscribe = null;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}

const script: GatewayAnswer = {
  status: 200,
  reason: "",
  content: {
    type: "text/javascript; charset=utf-8",
    text: CLIENT_SCRIPT,
    // Pages name it together with its version.
    cacheControl: "max-age=31536000, immutable",
  },
  isRoutine: true,
};

const headOfEvents: GatewayAnswer = {
  status: 200,
  reason: "",
  content: { type: "text/event-stream", text: "", cacheControl: "no-store" },
};
