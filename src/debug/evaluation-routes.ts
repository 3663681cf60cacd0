import { randomInt } from "node:crypto";
import { CONSOLE, type Debuggee, type Evaluating } from "../debuggee.ts";
import { emptyAnswer, jsonAnswer, pageAnswer } from "./answers.ts";
import { readCode, readNothing } from "./posted-body.ts";
import { notFound, type Refusal } from "./refusal.ts";
import { type Outcome, readId, type Route } from "./route.ts";
import type { ConsoleSource, Pages } from "./sources.ts";
import type { DebugVisit } from "../http/debug-door.ts";

/** Where code is to run, or why it cannot. */
export type Place = { readonly debuggee: Debuggee; readonly frame: string } | { readonly refusal: Refusal };

/** The evaluations that run, by the number that their client may interrupt them with. */
export class Evaluations {
  readonly #running: Map<number, Evaluating> = new Map();

  async run(
    { body }: DebugVisit,
    { debuggee, frame }: Exclude<Place, { refusal: Refusal }>,
  ): Promise<Outcome> {
    const posted = readCode(body);
    if (!posted.ok) return posted;
    const { code } = posted.value;
    const number = posted.value.evaluation ?? this.#freeNumber();
    if (this.#running.has(number)) return { refusal: inUse(number) };
    const evaluating = debuggee.evaluate(frame, code);
    this.#running.set(number, evaluating);
    try {
      const evaluation = await evaluating.result;
      if (evaluation.status === "gone") return { refusal: gone(evaluation.reason) };
      if (evaluation.status === "unanswered")
        return { refusal: unanswered(debuggee.pid, evaluation.seconds) };
      return jsonAnswer({ ...evaluation, evaluation: number });
    } finally {
      this.#running.delete(number);
    }
  }

  /** `evaluations/NUMBER/interrupt`. @param parts of the path behind `evaluations` */
  find(parts: readonly string[]): Route | null {
    const [number, action, ...rest] = parts;
    if (action !== "interrupt" || rest.length > 0) return null;
    return { evaluates: true, post: (visit) => this.#interrupt(visit, number) };
  }

  #interrupt({ body }: DebugVisit, text: string | undefined): Outcome {
    const posted = readNothing(body);
    if (!posted.ok) return posted;
    const number = readId(text);
    const evaluating = number === null ? undefined : this.#running.get(number);
    if (evaluating === undefined) {
      return {
        refusal: notFound(
          "No evaluation of this number runs.",
          "It has ended, or it never began: nothing is left to do.",
        ),
      };
    }
    evaluating.interrupt();
    return emptyAnswer();
  }

  #freeNumber(): number {
    for (;;) {
      const number = randomInt(1, 2 ** 48 - 1);
      if (!this.#running.has(number)) return number;
    }
  }
}

/** What can be done in a frame. @param find called when it is to be done */
export function frameRoute(action: string, evaluations: Evaluations, find: () => Place): Route | null {
  if (action === "evaluate") {
    return {
      evaluates: true,
      post: (visit) => {
        const place = find();
        return "refusal" in place ? place : evaluations.run(visit, place);
      },
    };
  }
  if (action !== "complete") return null;
  return {
    evaluates: true,
    post: async (visit) => {
      const place = find();
      if ("refusal" in place) return place;
      const posted = readCode(visit.body);
      if (!posted.ok) return posted;
      return jsonAnswer({ completions: await place.debuggee.complete(place.frame, posted.value.code) });
    },
  };
}

/** `console`, and what is below it: code that runs in no frame. */
export class ConsoleRoutes {
  readonly #source: ConsoleSource;
  readonly #pages: Pages;
  readonly #evaluations: Evaluations;

  constructor(source: ConsoleSource, pages: Pages, evaluations: Evaluations) {
    this.#source = source;
    this.#pages = pages;
    this.#evaluations = evaluations;
  }

  /** @param parts of the path behind `console` */
  find(parts: readonly string[]): Route | null {
    const [action, ...rest] = parts;
    if (action === undefined) return { get: () => pageAnswer(this.#pages.renderConsolePage()) };
    return rest.length > 0 ? null : frameRoute(action, this.#evaluations, () => this.#place());
  }

  #place(): Place {
    const debuggee = this.#source();
    if (debuggee !== null && !debuggee.isGone) return { debuggee, frame: CONSOLE };
    return {
      refusal: gone("No process of the application runs: its code cannot be loaded, or is being loaded."),
    };
  }
}

function gone(reason: string): Refusal {
  return {
    status: 409,
    code: "GONE",
    message: reason,
    hint: "Send the request again, or wait until the code is loaded and try again.",
  };
}

function unanswered(pid: number, seconds: number): Refusal {
  return {
    status: 504,
    code: "UNANSWERED",
    message: `Process ${pid} has not answered for ${seconds} s: what runs there cannot be interrupted.`,
    hint: "Save a file, to have the code loaded in another process.",
  };
}

function inUse(number: number): Refusal {
  return {
    status: 409,
    code: "IN_USE",
    message: `An evaluation with the number ${number} runs already.`,
    hint: "Choose another number, a random one, or leave it out.",
  };
}
