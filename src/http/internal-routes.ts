import type { CodeState } from "../code-state.ts";
import type { GatewayAnswer } from "./error-page.ts";
import { isKnownHost, type KnownNames } from "./known-host.ts";
import { namesOtherMachine } from "./other-machine.ts";
import { CLIENT_SCRIPT, EVENTS_PATH, INTERNAL_PREFIX, SCRIPT_PATH } from "./refresh/client-script.ts";
import { CodeEvents } from "./refresh/code-events.ts";
import { isForDocument } from "./refresh/page-follower.ts";
import { fieldValues } from "./request-fields.ts";

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

/** Whether a path is below the prefix of what the gateway answers itself. */
export function isInternal(path: string): boolean {
  return path.startsWith(INTERNAL_PREFIX);
}

/** An answer, or the wish to hear of events from now on. */
export type InternalResponse = GatewayAnswer | "events";

/**
 * What the gateway answers itself in development, below `/__highball__/`: for pages of this
 * machine that want to know of the code (docs/reference/development.md).
 */
export class InternalRoutes {
  readonly code: CodeState;
  readonly events: CodeEvents;
  readonly #names: () => KnownNames;
  #closed = false;

  /** @param names by which the gateway is asked for them */
  constructor(code: CodeState, names: () => KnownNames) {
    this.code = code;
    this.events = new CodeEvents(code);
    this.#names = names;
  }

  owns(path: string): boolean {
    return isInternal(path);
  }

  /**
   * Whether whoever asks may use the routes. An address of another's domain that leads here (DNS
   * rebinding) has a Host that is none of ours.
   */
  admits(visit: Pick<Visit, "isLocal" | "host" | "rawHeaders">): boolean {
    return visit.isLocal && isKnownHost(visit.host, this.#names()) && !namesOtherMachine(visit.rawHeaders);
  }

  /** Whether a browser will show the answer to a request, and may hear of the code then. */
  follows(visit: Omit<Visit, "path">): boolean {
    return isForDocument(visit.method, visit.rawHeaders) && this.admits(visit);
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

  /** Ends the streams; there will be no more. */
  close(): void {
    this.#closed = true;
    this.events.close();
  }
}

const script: GatewayAnswer = {
  status: 200,
  reason: "",
  // A page of another site that could load it would know that a server runs here, and which.
  fields: "Cross-Origin-Resource-Policy: same-origin\r\n",
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
