import type { ApplicationRequest, Call, Responder } from "../application.ts";
import type { Lane } from "./lane.ts";

/** One request on its way through the scheduler: in the queue, at a worker, or done. */
export class Job implements Call {
  readonly request: ApplicationRequest;
  readonly responder: Responder;
  readonly enqueuedAt: number;
  /** Order of arrival: a request that comes back from a worker goes before younger ones. */
  readonly sequence: number;
  lane: Lane | null = null;
  /** Number of this exchange on its lane's connections. */
  id = 0;
  dispatchedAt = 0;
  state: "queued" | "sent" | "done" = "queued";
  /** The client has gone: nothing is said to the responder any more. */
  cancelled = false;
  /** The response has begun: it cannot be given to another worker. */
  responded = false;
  /** A worker died while it ran this request, and it was let run again. */
  retried = false;
  /** The worker has been asked to hand it back. */
  recalling = false;
  readonly #onCancel: (job: Job) => void;

  constructor(
    request: ApplicationRequest,
    responder: Responder,
    enqueuedAt: number,
    sequence: number,
    onCancel: (job: Job) => void,
  ) {
    this.request = request;
    this.responder = responder;
    this.enqueuedAt = enqueuedAt;
    this.sequence = sequence;
    this.#onCancel = onCancel;
  }

  get pid(): number {
    return this.lane === null ? 0 : this.lane.link.pid;
  }

  cancel(): void {
    if (!this.cancelled && this.state !== "done") {
      this.cancelled = true;
      this.#onCancel(this);
    }
  }

  consumed(bytes: number): void {
    if (this.state === "sent") this.lane?.link.credit(this.id, bytes);
  }
}
