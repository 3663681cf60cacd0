import { randomBytes } from "node:crypto";
import type { Failure, Fault, FaultListener, LoadFailure } from "../application.ts";
import type { DebugDoor, DebugVisit, ReplayPass, RequestTrace, TracedRequest } from "../http/debug-door.ts";
import { answerTo, type Audience, type GatewayAnswer } from "../http/error-page.ts";
import type { ErrorRecord } from "./error-record.ts";
import { ErrorStore, type NewError } from "./error-store.ts";
import type { KeptRequest } from "./kept-request.ts";
import { diedError, errorOf, faultError, loadError } from "./new-error.ts";
import { Replay, ReplayError, type ReplayAddress } from "./replay.ts";
import { RequestLog } from "./request-log.ts";
import type { RequestRecord } from "./request-record.ts";
import type { Replayed, RequestSource } from "./sources.ts";

/** Milliseconds that the error of a response that broke off gets to come up. */
const LATE = 1_000;

/** Answers requests for what is the debugger's. */
export interface DebugPages {
  respond(visit: DebugVisit): Promise<GatewayAnswer> | null;
  /**
   * What a developer is told of a request that failed.
   *
   * @param plain what it is without the debugger
   */
  answer(record: ErrorRecord, plain: GatewayAnswer, audience: Audience): GatewayAnswer;
  /**
   * Whether a failure may be told to whoever has asked: a page of another site, whose own name leads here
   * (DNS rebinding), would see all of it.
   */
  admits(audience: Audience): boolean;
}

/** What the debugger has to know of the server around it. */
export interface DebuggedServer {
  /** Of the code that serves (`CodeState.version`); empty where it does not change. */
  version(): string;
  /** Where requests are sent again to; null while nothing listens. */
  address(): ReplayAddress | null;
  /** Errors are left alone (`--passthrough-errors`). */
  readonly passesErrors: boolean;
  /** Whoever hears of an error shows it in the terminal, too (`showsErrors`). */
  readonly showsErrors: boolean;
}

/**
 * What a server has of the debugger: it hears of requests and of errors, keeps the last of both, and answers
 * for them. One for each server; where `--debug` is off there is none.
 */
export class Debugger implements DebugDoor, FaultListener {
  /**
   * Names this run of the server. Errors and requests are numbered from 1 in each: a page of an earlier run, left open, would
   * run code in another error's frame, and send another request than the one it shows. No secret.
   */
  readonly run: string = randomBytes(9).toString("base64url");
  readonly errors: ErrorStore = new ErrorStore();
  readonly #server: DebuggedServer;
  readonly #log: RequestLog = new RequestLog();
  readonly #replay: Replay;
  /** Every request that is refused with the same problem is shown the same error. */
  readonly #loads: WeakMap<LoadFailure, ErrorRecord> = new WeakMap();
  #pages: DebugPages | null = null;

  constructor(server: DebuggedServer) {
    this.#server = server;
    this.#replay = new Replay(() => server.address());
  }

  /** From now on it answers for itself: what makes pages is loaded once there is a debugger. */
  open(pages: DebugPages): void {
    this.#pages = pages;
  }

  // --- what it is asked for -----------------------------------------------------------------

  /** The last requests, and those that have failed as long as their error is kept. */
  readonly requests: RequestSource = {
    get: (id) => this.#log.get(id) ?? this.errors.findRequest(id),
    list: () => this.#log.list(),
  };

  /**
   * Sends a kept request again.
   *
   * @throws ReplayError when there is none, when it cannot be sent, or is not answered by the application
   */
  async replay(id: number): Promise<Replayed> {
    const record = this.requests.get(id);
    if (record === null) throw new ReplayError(`Request ${id} is not kept any more.`);
    return this.send(record);
  }

  /**
   * Sends a request again.
   *
   * @throws ReplayError when it cannot be sent, or is not answered by the application
   */
  async send(record: RequestRecord): Promise<Replayed> {
    const { request, status, duration, answer } = await this.#replay.send(record);
    const known = this.requests.get(request)?.error ?? null;
    const error = known === null && answer.end === "broken" ? await this.#lateErrorOf(request) : known;
    return { request, status, error, duration, answer };
  }

  /** The error that a response has broken off for: the worker tells of it beside the response. */
  #lateErrorOf(request: number): Promise<number | null> {
    return new Promise((resolve) => {
      const done = (error: number | null): void => {
        clearTimeout(timer);
        unsubscribe();
        resolve(error);
      };
      const timer = setTimeout(() => done(null), LATE).unref();
      const unsubscribe = this.errors.subscribe((record) => {
        if (record.request?.id === request) done(record.id);
      });
    });
  }

  // --- what the gateway tells ---------------------------------------------------------------

  get awaitsReplay(): boolean {
    return this.#replay.isAwaited;
  }

  redeem(token: string): ReplayPass | null {
    return this.#replay.redeem(token);
  }

  respond(visit: DebugVisit): Promise<GatewayAnswer> | null {
    return this.#pages?.respond(visit) ?? null;
  }

  begin(traced: TracedRequest): RequestTrace {
    const request = this.#log.begin(traced, this.#server.version());
    traced.replay?.begun(request.id);
    return new Trace(this, request);
  }

  /** A request was not answered by the application; what its client is told. */
  failed(request: KeptRequest, failure: Failure, audience: Audience | null): GatewayAnswer {
    if (this.#server.passesErrors) return answerTo(failure, null);
    const record = this.#recordOf(request, failure);
    const pages = this.#pages;
    if (audience === null || pages === null || !pages.admits(audience)) return answerTo(failure, null);
    const plain = answerTo(failure, audience);
    if (record === null) return plain;
    // The page tells them, and is made before it is sent.
    request.status = plain.status;
    request.duration = Date.now() - request.at;
    // One error of many requests is shown with the one that is answered, which the page may send again.
    return pages.answer({ ...record, request }, plain, audience);
  }

  #recordOf(request: KeptRequest, failure: Failure): ErrorRecord | null {
    const { version } = request;
    if (failure.kind !== "load-failed")
      return this.#add(errorOf(failure, false, { request, version }), request);
    const record = this.#loads.get(failure.problem) ?? this.#addLoad(failure.problem);
    request.error = record.id;
    return record;
  }

  /** A response broke off. */
  broke(request: KeptRequest, failure: Failure): void {
    // Of what was raised the worker tells once more, with the frames.
    if (this.#server.passesErrors || failure.kind === "load-failed" || failure.kind === "raised") return;
    const { version } = request;
    this.#add(errorOf(failure, true, { request, version }), request);
  }

  // --- what the workers tell ----------------------------------------------------------------

  raised(fault: Fault): void {
    const request = fault.record === 0 ? null : this.#log.get(fault.record);
    const version = request?.version ?? this.#server.version();
    this.#add(faultError(fault, { request, version }), request);
  }

  died(death: Parameters<FaultListener["died"]>[0]): void {
    this.#add(diedError(death, { request: null, version: this.#server.version() }), null);
  }

  loadFailed(problem: LoadFailure): boolean {
    if (this.#server.passesErrors) return false;
    this.#addLoad(problem);
    return this.#server.showsErrors;
  }

  #addLoad(problem: LoadFailure): ErrorRecord {
    const record = this.errors.add(loadError(problem, { request: null, version: this.#server.version() }));
    this.#loads.set(problem, record);
    return record;
  }

  #add(error: NewError | null, request: KeptRequest | null): ErrorRecord | null {
    if (error === null || this.#server.passesErrors) return null;
    const record = this.errors.add(error);
    if (request !== null) request.error ??= record.id;
    return record;
  }
}

/** What the gateway tells of one request: an object without closures, since there is one for each. */
class Trace implements RequestTrace {
  readonly #debugger: Debugger;
  readonly #request: KeptRequest;

  constructor(debug: Debugger, request: KeptRequest) {
    this.#debugger = debug;
    this.#request = request;
  }

  get record(): number {
    return this.#request.id;
  }

  failed(failure: Failure, audience: Audience | null): GatewayAnswer {
    return this.#debugger.failed(this.#request, failure, audience);
  }

  broke(failure: Failure): void {
    this.#debugger.broke(this.#request, failure);
  }

  answered(status: number, duration: number): void {
    this.#request.status = status;
    this.#request.duration = duration;
  }
}
