import { preferredType } from "../http/accept.ts";
import { jsonAnswer, pageAnswer, textAnswer } from "./answers.ts";
import type { ErrorRecord } from "./error-record.ts";
import { frameRoute, type Evaluations } from "./evaluation-routes.ts";
import { maskError } from "./masked-records.ts";
import { errorJson, errorSummary, frameIds, isGone } from "./record-json.ts";
import { badRequest, notFound, type Refusal } from "./refusal.ts";
import { type Outcome, readId, type Route } from "./route.ts";
import type { ErrorSource, Pages, Texts } from "./sources.ts";
import type { DebugVisit } from "../http/debug-door.ts";

const FORMATS = ["json", "html", "text", "markdown"] as const;
type Format = (typeof FORMATS)[number];

const BY_TYPE = {
  "application/json": "json",
  "text/html": "html",
  "text/plain": "text",
  "text/markdown": "markdown",
} as const satisfies Readonly<Record<string, Format>>;

/** `errors`, and what is below it. */
export class ErrorRoutes {
  readonly #errors: ErrorSource;
  readonly #pages: Pages;
  readonly #texts: Texts;
  readonly #evaluations: Evaluations;

  constructor(errors: ErrorSource, pages: Pages, texts: Texts, evaluations: Evaluations) {
    this.#errors = errors;
    this.#pages = pages;
    this.#texts = texts;
    this.#evaluations = evaluations;
  }

  /** @param parts of the path behind `errors` */
  find(parts: readonly string[]): Route | null {
    if (parts.length === 0) return { get: (visit) => this.#list(visit) };
    const [id, word, frame, action, ...rest] = parts;
    if (word === undefined) return { get: (visit) => this.#show(visit, id) };
    if (word !== "frames" || frame === undefined || action === undefined || rest.length > 0) return null;
    return frameRoute(action, this.#evaluations, () => this.#holder(id, frame));
  }

  #list({ rawHeaders }: DebugVisit): Outcome {
    const records = this.#errors.list();
    if (preferredType(rawHeaders, ["application/json", "text/html"]) === "text/html") {
      return pageAnswer(this.#pages.renderIndexPage(records.map(maskError)));
    }
    return jsonAnswer({ errors: records.map(errorSummary) });
  }

  #show(visit: DebugVisit, id: string | undefined): Outcome {
    const record = this.#record(id);
    if (record === null) return { refusal: noError(id) };
    const format = formatOf(visit);
    if (format === null) {
      return {
        refusal: badRequest(
          "The query asks for a format that there is not.",
          `Ask for ?format=${FORMATS.join(", ?format=")}`,
        ),
      };
    }
    switch (format) {
      case "json":
        return jsonAnswer({ error: errorJson(record) });
      case "html":
        return pageAnswer(this.#pages.renderErrorPage(maskError(record)));
      case "text":
        return textAnswer(this.#texts.renderText(maskError(record)));
      case "markdown":
        return textAnswer(this.#texts.renderMarkdown(maskError(record)), "markdown");
    }
  }

  /** Who holds a frame of an error: the frames of others, and the console's, are not below this address. */
  #holder(id: string | undefined, frame: string): ReturnType<Parameters<typeof frameRoute>[2]> {
    const record = this.#record(id);
    if (record === null) return { refusal: noError(id) };
    if (record.model === null || !frameIds(record.model).has(frame)) {
      return {
        refusal: notFound(
          `Error ${record.id} has no such frame that was kept.`,
          `Its frames, with their ids, are in the JSON of errors/${record.id}.`,
        ),
      };
    }
    if (record.debuggee === null || isGone(record)) {
      return {
        refusal: {
          status: 409,
          code: "GONE",
          message: "The process that held this frame has ended: the code was loaded again, or it crashed.",
          hint: "Send the request again: if it fails again, its frames are kept.",
        },
      };
    }
    return { debuggee: record.debuggee, frame };
  }

  #record(id: string | undefined): ErrorRecord | null {
    const number = readId(id);
    return number === null ? null : this.#errors.get(number);
  }
}

function formatOf({ query, rawHeaders }: DebugVisit): Format | null {
  const asked = new URLSearchParams(query).get("format");
  if (asked !== null) return FORMATS.find((format) => format === asked) ?? null;
  return BY_TYPE[preferredType(rawHeaders, ["application/json", "text/html", "text/plain", "text/markdown"])];
}

function noError(id: string | undefined): Refusal {
  const number = readId(id);
  return notFound(
    number === null
      ? "An error is named by a whole number."
      : `Error ${number} is not kept, or there was none.`,
    "Those that are kept: GET /__highball__/errors",
  );
}
