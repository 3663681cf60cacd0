import type { Debuggee, Evaluating, Evaluation } from "../debuggee.ts";
import { readEvaluation, readJson, readLines } from "./error-payload.ts";
import { encodeFrame, EVALUATE, EVALUATED, INTERRUPT, POSTMORTEM, SUGGEST, SUGGESTED } from "./protocol.ts";

/** Says a frame on the control connection. */
type Say = (frame: Buffer) => void;

const ENDED: Evaluation = {
  status: "gone",
  reason: "The worker process that held this frame has ended; send the request again for a new one.",
};

/** Milliseconds for an answer: an evaluation is interrupted after 30 s, and told after two more to go on by itself. */
const EVALUATION = 40_000;
const COMPLETION = 5_000;

/** A worker as the holder of frames: what is asked of it, until it answers or ends. */
export class WorkerDebuggee implements Debuggee {
  readonly #pid: () => number;
  readonly #say: Say;
  readonly #evaluations: Map<number, (evaluation: Evaluation) => void> = new Map();
  readonly #suggestions: Map<number, (names: readonly string[]) => void> = new Map();
  #number = 0;
  #gone = false;

  constructor(pid: () => number, say: Say) {
    this.#pid = pid;
    this.#say = say;
  }

  get pid(): number {
    return this.#pid();
  }

  get isGone(): boolean {
    return this.#gone;
  }

  evaluate(frame: string, code: string): Evaluating {
    if (this.#gone) return { result: Promise.resolve(ENDED), interrupt: () => {} };
    const number = this.#ask(EVALUATE, frame, code);
    const result = new Promise<Evaluation>((resolve) => {
      // An operation in C that takes long, as 9**9**8, lets no other thread run: not even the one that answers.
      const silence = setTimeout(() => {
        this.#evaluations.delete(number);
        resolve({ status: "unanswered", seconds: EVALUATION / 1000 });
      }, EVALUATION).unref();
      this.#evaluations.set(number, (evaluation) => {
        clearTimeout(silence);
        resolve(evaluation);
      });
    });
    return {
      result,
      interrupt: () => {
        if (this.#evaluations.has(number)) this.#say(encodeFrame(INTERRUPT, 0, number));
      },
    };
  }

  complete(frame: string, code: string): Promise<readonly string[]> {
    if (this.#gone) return Promise.resolve([]);
    const number = this.#ask(SUGGEST, frame, code);
    return new Promise((resolve) => {
      const silence = setTimeout(() => {
        this.#suggestions.delete(number);
        resolve([]);
      }, COMPLETION).unref();
      this.#suggestions.set(number, (names) => {
        clearTimeout(silence);
        resolve(names);
      });
    });
  }

  postMortem(frame: string): void {
    if (!this.#gone) this.#say(encodeFrame(POSTMORTEM, 0, 0, Buffer.from(JSON.stringify({ frame }))));
  }

  #ask(type: number, frame: string, code: string): number {
    this.#number = (this.#number + 1) >>> 0 || 1;
    this.#say(encodeFrame(type, 0, this.#number, Buffer.from(JSON.stringify({ frame, code }))));
    return this.#number;
  }

  /** Takes what the worker has said; what nobody asked for is nothing. */
  hear(type: number, number: number, payload: Buffer): void {
    if (type === EVALUATED) {
      const resolve = this.#evaluations.get(number);
      this.#evaluations.delete(number);
      resolve?.(readEvaluation(readJson(payload)));
    } else if (type === SUGGESTED) {
      const resolve = this.#suggestions.get(number);
      this.#suggestions.delete(number);
      resolve?.(readLines(readJson(payload)));
    }
  }

  /** It is about to end: nothing more is asked of it, but what it was asked it may still answer. */
  leave(): void {
    this.#gone = true;
  }

  /** It has ended. */
  end(): void {
    this.#gone = true;
    for (const resolve of this.#evaluations.values()) resolve(ENDED);
    for (const resolve of this.#suggestions.values()) resolve([]);
    this.#evaluations.clear();
    this.#suggestions.clear();
  }
}
