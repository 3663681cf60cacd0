import type { GatewayAnswer } from "../http/error-page.ts";
import { preferredType } from "../http/accept.ts";
import { fieldValues } from "../http/request-fields.ts";
import { EVENTS_PATH, INTERNAL_PREFIX, SCRIPT_PATH } from "../http/refresh/client-script.ts";
import type { Log } from "../log.ts";
import { type AccessRules, judgeDoing, judgeLooking } from "./access.ts";
import { pageAnswer, refusalAnswer } from "./answers.ts";
import { ErrorRoutes } from "./error-routes.ts";
import { ConsoleRoutes, Evaluations } from "./evaluation-routes.ts";
import type { Lock } from "./lock.ts";
import { notFound, type Refusal } from "./refusal.ts";
import { RequestRoutes } from "./request-routes.ts";
import type { Outcome, Route } from "./route.ts";
import { SessionRoutes } from "./session-routes.ts";
import type { ConsoleSource, ErrorSource, Pages, Replayer, RequestSource, Texts } from "./sources.ts";
import type { DebugVisit } from "../http/debug-door.ts";

/** What the routes are made of. */
export interface DebugParts {
  readonly errors: ErrorSource;
  readonly requests: RequestSource;
  readonly replayer: Replayer;
  readonly console: ConsoleSource;
  readonly pages: Pages;
  readonly texts: Texts;
  readonly rules: AccessRules;
  readonly lock: Lock;
  /** Of the server (`Debugger.run`). */
  readonly run: string;
  /** Code may be run at all (`--evalex`). */
  readonly evaluates: boolean;
  readonly log: Log;
}

/** The API of the debugger (docs/reference/development.md): finds what is asked for, and judges who asks. */
export class DebugRoutes {
  readonly #parts: DebugParts;
  readonly #evaluations: Evaluations = new Evaluations();
  readonly #errors: ErrorRoutes;
  readonly #requests: RequestRoutes;
  readonly #console: ConsoleRoutes;
  readonly #session: SessionRoutes;

  constructor(parts: DebugParts) {
    const { errors, requests, replayer, pages, texts, lock, evaluates } = parts;
    this.#parts = parts;
    this.#errors = new ErrorRoutes(errors, pages, texts, this.#evaluations);
    this.#requests = new RequestRoutes(requests, replayer, pages);
    this.#console = new ConsoleRoutes(parts.console, pages, this.#evaluations);
    this.#session = new SessionRoutes(lock, evaluates, pages);
  }

  /** Answers what is below the prefix; null for the addresses of those that follow the code. */
  respond(visit: DebugVisit): Promise<GatewayAnswer> | null {
    const { path } = visit;
    if (!path.startsWith(INTERNAL_PREFIX) || path === EVENTS_PATH || path === SCRIPT_PATH) return null;
    return this.#answer(visit);
  }

  async #answer(visit: DebugVisit): Promise<GatewayAnswer> {
    let outcome: Outcome;
    try {
      outcome = await this.#outcome(visit);
    } catch (error) {
      outcome = { refusal: this.#failed(visit, error) };
    }
    if (!("refusal" in outcome)) return outcome;
    const asText =
      visit.method !== "POST" &&
      preferredType(visit.rawHeaders, ["application/json", "text/html"]) === "text/html";
    const { status } = outcome.refusal;
    if (asText && status === 404)
      return pageAnswer(this.#parts.pages.renderMissingPage(outcome.refusal), { status });
    return refusalAnswer(outcome.refusal, asText);
  }

  #outcome(visit: DebugVisit): Outcome | Promise<Outcome> {
    const { rules, lock, evaluates } = this.#parts;
    // Before everything: who may not look does not learn what there is.
    const blind = judgeLooking(visit, rules);
    if (blind !== null) return { refusal: blind };
    const route = this.#find(visit.path.slice(INTERNAL_PREFIX.length));
    if (route === null) return { refusal: nothingHere };
    if (isOfOtherRun(visit, this.#parts.run)) return { refusal: earlierRun };
    if ((visit.method === "GET" || visit.method === "HEAD") && route.get !== undefined)
      return route.get(visit);
    if (visit.method !== "POST" || route.post === undefined) return { refusal: wrongMethod(route) };
    const idle = judgeDoing(visit, rules);
    if (idle !== null) return { refusal: idle };
    if (route.evaluates === true && !evaluates) return { refusal: evaluationOff };
    if (route.isForLocked !== true && !lock.holdsToken(visit)) return { refusal: locked };
    return route.post(visit);
  }

  #find(path: string): Route | null {
    const [first, ...rest] = path.split("/");
    switch (first) {
      case "errors":
        return this.#errors.find(rest);
      case "requests":
        return this.#requests.find(rest);
      case "console":
        return this.#console.find(rest);
      case "evaluations":
        return this.#evaluations.find(rest);
      case "unlock":
        return rest.length === 0 ? this.#session.unlocking() : null;
      case "session":
        return rest.length === 0 ? this.#session.session() : null;
      default:
        return null;
    }
  }

  /** Something of ours is broken. Of a POST only the kind is told: what it says may hold code. */
  #failed({ method, path }: DebugVisit, error: unknown): Refusal {
    const what =
      error instanceof Error ? ((method === "POST" ? null : error.stack) ?? error.name) : "unknown";
    this.#parts.log.error(`The debugger failed at ${method} ${path}: ${what}`);
    return {
      status: 500,
      code: "FAILED",
      message: "The debugger itself has failed; the server's log says how.",
      hint: "Ask for the same as JSON or text, and please report what the log says.",
    };
  }
}

/** Of one error or request: the lists are what they are in every run. */
function isOfOtherRun({ path, rawHeaders }: DebugVisit, run: string): boolean {
  return (
    /^(?:errors|requests)\/./.test(path.slice(INTERNAL_PREFIX.length)) &&
    fieldValues(rawHeaders, "x-highball-run").some((named) => named !== run)
  );
}

const earlierRun: Refusal = {
  status: 409,
  code: "GONE",
  message: "The server was started again since this page was made: its errors and requests are kept no more.",
  hint: "Do in the application again what failed.",
};

const nothingHere: Refusal = notFound(
  "There is nothing at this address.",
  "What there is: docs/reference/development.md; the errors are at /__highball__/errors",
);

const evaluationOff: Refusal = {
  status: 403,
  code: "EVALUATION_OFF",
  message: "The server was started with --no-evalex: errors can be looked at, and no code is evaluated.",
  hint: "Start it without --no-evalex.",
};

const locked: Refusal = {
  status: 403,
  code: "LOCKED",
  message:
    "The debugger is locked for whoever sent this, or the token in X-Highball-Token is not of this run.",
  hint:
    "Unlock it with the PIN or the link in the terminal of the server: POST /__highball__/unlock. Programs of the same user " +
    `find their token in server-${process.pid}.json below ~/.local/state/highball, or below $XDG_STATE_HOME.`,
};

function wrongMethod({ get, post }: Route): Refusal {
  const allow = [...(get === undefined ? [] : ["GET", "HEAD"]), ...(post === undefined ? [] : ["POST"])].join(
    ", ",
  );
  return {
    status: 405,
    code: "METHOD_NOT_ALLOWED",
    message: `This address has ${allow} only.`,
    hint:
      get !== undefined
        ? "Ask for it with GET."
        : "Send it with POST, as JSON (Content-Type: application/json), with the header X-Highball-Token.",
    allow,
  };
}
