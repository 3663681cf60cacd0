import type { Application, ApplicationRequest, Call, Failure, Responder } from "../application.ts";

/** A request that waits until it is known which code shall answer it. */
export class HeldCall implements Call {
  readonly #request: ApplicationRequest;
  readonly #responder: Responder;
  #call: Call | null = null;
  #cancelled = false;

  constructor(request: ApplicationRequest, responder: Responder) {
    this.#request = request;
    this.#responder = responder;
  }

  /** Nobody waits for it any more. */
  get cancelled(): boolean {
    return this.#cancelled;
  }

  get pid(): number {
    return this.#call?.pid ?? 0;
  }

  /** Gives it to the application, unless its client has gone. */
  release(application: Application): void {
    if (!this.#cancelled) this.#call = application.begin(this.#request, this.#responder);
  }

  fail(failure: Failure): void {
    if (!this.#cancelled) this.#responder.fail(failure);
  }

  cancel(): void {
    this.#cancelled = true;
    this.#call?.cancel();
  }

  consumed(bytes: number): void {
    this.#call?.consumed(bytes);
  }
}
