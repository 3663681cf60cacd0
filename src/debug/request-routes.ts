import { preferredType } from "../http/accept.ts";
import { jsonAnswer, pageAnswer } from "./answers.ts";
import { maskAnswer, maskRequest } from "./masked-records.ts";
import { readNothing } from "./posted-body.ts";
import { requestJson, requestSummary, roundedDuration } from "./record-json.ts";
import { notFound, type Refusal } from "./refusal.ts";
import type { RequestRecord } from "./request-record.ts";
import { type Outcome, readId, type Route } from "./route.ts";
import type { Pages, Replayer, RequestSource } from "./sources.ts";
import type { DebugVisit } from "../http/debug-door.ts";

/** `requests`, and what is below it. */
export class RequestRoutes {
  readonly #requests: RequestSource;
  readonly #replayer: Replayer;
  readonly #pages: Pages;

  constructor(requests: RequestSource, replayer: Replayer, pages: Pages) {
    this.#requests = requests;
    this.#replayer = replayer;
    this.#pages = pages;
  }

  /** @param parts of the path behind `requests` */
  find(parts: readonly string[]): Route | null {
    const [id, action, ...rest] = parts;
    if (id === undefined) return { get: (visit) => this.#list(visit) };
    if (action === undefined) return { get: (visit) => this.#show(visit, id) };
    if (action !== "replay" || rest.length > 0) return null;
    return { post: (visit) => this.#replay(visit, id) };
  }

  #list({ rawHeaders }: DebugVisit): Outcome {
    const records = this.#requests.list();
    if (prefersPage(rawHeaders)) return pageAnswer(this.#pages.renderRequestsPage(records.map(maskRequest)));
    return jsonAnswer({ requests: records.map(requestSummary) });
  }

  #show({ rawHeaders }: DebugVisit, id: string): Outcome {
    const record = this.#record(id);
    if (record === null) return { refusal: noRequest(id) };
    if (prefersPage(rawHeaders)) return pageAnswer(this.#pages.renderRequestPage(maskRequest(record)));
    return jsonAnswer({ request: requestJson(record) });
  }

  async #replay({ body }: DebugVisit, id: string): Promise<Outcome> {
    const posted = readNothing(body);
    if (!posted.ok) return posted;
    const record = this.#record(id);
    if (record === null) return { refusal: noRequest(id) };
    if (record.body === null && record.bodySize > 0) {
      return {
        refusal: {
          status: 409,
          code: "GONE",
          message: `The body of request ${record.id} has ${record.bodySize} bytes, more than is kept.`,
          hint: "Send it again from where it came.",
        },
      };
    }
    try {
      const { request, status, error, duration, answer } = await this.#replayer.replay(record);
      return jsonAnswer({
        request,
        status,
        error,
        duration: roundedDuration(duration),
        answer: maskAnswer(answer),
      });
    } catch (error) {
      return {
        refusal: {
          status: 502,
          code: "REPLAY_FAILED",
          message: error instanceof Error ? error.message : "The request got no response.",
          hint: "See the server's log, and try again.",
        },
      };
    }
  }

  #record(id: string): RequestRecord | null {
    const number = readId(id);
    return number === null ? null : this.#requests.get(number);
  }
}

function prefersPage(rawHeaders: readonly string[]): boolean {
  return preferredType(rawHeaders, ["application/json", "text/html"]) === "text/html";
}

function noRequest(id: string): Refusal {
  const number = readId(id);
  return notFound(
    number === null
      ? "A request is named by a whole number."
      : `Request ${number} is not kept, or there was none.`,
    "Those that are kept: GET /__highball__/requests",
  );
}
