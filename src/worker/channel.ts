import type { Socket } from "node:net";
import type { ApplicationRequest, Failure } from "../application.ts";
import type { Debuggee } from "../debuggee.ts";
import { EndedRequests } from "./ended-requests.ts";
import { readErrorModel, readJson, readLines, readObject } from "./error-payload.ts";
import type { Job } from "./job.ts";
import type { Lane, WorkerLink } from "./lane.ts";
import { processorTime, wantsProcessor, type ProcessorTime } from "./processor-time.ts";
import {
  ACCEPTED,
  CANCEL,
  COMPLETE,
  CREDIT,
  DATA,
  decodeIds,
  encodeFrame,
  encodeIds,
  FAIL,
  FILE,
  FOLLOW,
  FrameReader,
  HEADER_LENGTH,
  HINT,
  OPENED,
  QUIT,
  RECALL,
  RECALLED,
  REQUEST,
  RESPONSE,
  SPOOLED,
  WAKE,
  writeHeader,
} from "./protocol.ts";
import type { Scheduler } from "./scheduler.ts";

/** Requests of one turn of the event loop are written to the worker together, up to this size. */
const SLAB = 256 * 1024;
/** Bodies larger than this are not copied into the slab. */
const COPIED_BODY = 64 * 1024;
/** Whole responses up to this size are read as one string: they leave as one too. */
const SMALL_RESPONSE = 12 * 1024;
/** Credit is given back in steps of this many bytes, not for every write. */
const CREDIT_STEP = 64 * 1024;

/** The two connections of one worker that is ready: frames out, frames in. */
export class Channel implements WorkerLink {
  readonly pid: number;
  readonly #control: Socket;
  readonly #data: Socket;
  readonly #scheduler: Scheduler;
  readonly #debuggee: Debuggee;
  readonly #flush: () => void = () => this.#flushSlab();
  #lane: Lane | null = null;
  #slab: Buffer = Buffer.allocUnsafeSlow(SLAB);
  #used = 0;
  #flushing = false;
  #now = 0;
  /** Credit not yet given back, by exchange. */
  readonly #owed: Map<number, number> = new Map();
  /** Numbers of the records of requests that have ended, by exchange; only where records are kept. */
  readonly #ended: EndedRequests = new EndedRequests();

  constructor(pid: number, control: Socket, data: Socket, scheduler: Scheduler, debuggee: Debuggee) {
    this.pid = pid;
    this.#debuggee = debuggee;
    this.#control = control;
    this.#data = data;
    this.#scheduler = scheduler;
    const reader = this.#makeReader();
    data.on("data", (chunk: Buffer) => {
      this.#now = performance.now();
      try {
        reader.feed(chunk);
      } catch {
        data.destroy(); // not our protocol: the worker's end is noticed like any other
      }
    });
    data.on("error", () => data.destroy());
  }

  /** The lane whose requests travel here. */
  attach(lane: Lane): void {
    this.#lane = lane;
  }

  /** Requests were given to the worker that it has not ended. */
  get busy(): boolean {
    return this.#lane !== null && this.#lane.inFlight.size > 0;
  }

  /** Resolves once the worker's last bytes have been read and its connection has closed. */
  get closed(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#data.closed) resolve();
      else this.#data.once("close", () => resolve());
    });
  }

  /** Takes frames that a dead worker had made and not sent. */
  deliver(frames: Buffer): void {
    this.#now = performance.now();
    // Not the connection's reader: the worker may have died in the middle of a frame. What it had
    // sent already is in flight no more, and so is taken only once.
    const reader = this.#makeReader();
    reader.feed(frames);
  }

  destroy(): void {
    this.#data.destroy();
  }

  // --- to the worker ------------------------------------------------------------------------

  request(id: number, request: ApplicationRequest, follow: boolean): void {
    const { environ, body } = request;
    const spooled = body !== null && !Buffer.isBuffer(body);
    const tail = spooled ? Buffer.from(body.path) : body;
    const tailLength = tail === null ? 0 : tail.length;
    const flags = (spooled ? SPOOLED : 0) | (follow ? FOLLOW : 0);
    const copied = tailLength <= COPIED_BODY ? tailLength : 0;
    const size = HEADER_LENGTH + 4 + environ.length + copied;
    if (this.#used + size > SLAB) this.#flushSlab();
    const slab = size > SLAB ? Buffer.allocUnsafe(size) : this.#slab;
    let offset = slab === this.#slab ? this.#used : 0;
    writeHeader(slab, offset, 4 + environ.length + tailLength, REQUEST, flags, id);
    slab.writeUInt32LE(environ.length, offset + HEADER_LENGTH);
    offset += HEADER_LENGTH + 4;
    offset += slab.write(environ, offset, "latin1");
    if (copied > 0 && tail !== null) slab.set(tail, offset);
    if (slab === this.#slab) {
      this.#used = offset + copied;
      // After this turn's requests have all been read: one write, one wake-up of the worker.
      if (!this.#flushing) {
        this.#flushing = true;
        setImmediate(this.#flush);
      }
    } else {
      this.#data.write(slab);
    }
    if (tail !== null && copied < tailLength) {
      this.#flushSlab();
      this.#data.write(tail);
    }
  }

  #flushSlab(): void {
    this.#flushing = false;
    if (this.#used === 0 || this.#data.destroyed) return;
    this.#data.write(this.#slab.subarray(0, this.#used));
    // Written at once nearly always; if not, the slab belongs to the write until it is done.
    if (this.#data.writableLength > 0) this.#slab = Buffer.allocUnsafeSlow(SLAB);
    this.#used = 0;
  }

  processorTime(): ProcessorTime | null {
    return processorTime(this.pid);
  }

  wantsProcessor(): boolean {
    return wantsProcessor(this.pid);
  }

  wake(id: number): void {
    this.#say(encodeFrame(WAKE, 0, id));
  }

  recall(ids: readonly number[]): void {
    // The worker looks for them in its connection too: they must be there.
    this.#flushSlab();
    this.#say(encodeFrame(RECALL, 0, 0, encodeIds(ids)));
  }

  cancel(id: number): void {
    this.#flushSlab();
    this.#say(encodeFrame(CANCEL, 0, id));
  }

  credit(id: number, bytes: number): void {
    const owed = (this.#owed.get(id) ?? 0) + bytes;
    if (owed < CREDIT_STEP) {
      this.#owed.set(id, owed);
      return;
    }
    this.#owed.delete(id);
    this.#say(encodeFrame(CREDIT, 0, id, encodeIds([owed])));
  }

  opened(id: number, accepted: boolean): void {
    this.#say(encodeFrame(OPENED, accepted ? ACCEPTED : 0, id));
  }

  quit(): void {
    this.#flushSlab();
    this.#say(encodeFrame(QUIT, 0, 0));
  }

  #say(frame: Buffer): void {
    if (!this.#control.destroyed) this.#control.write(frame);
  }

  // --- from the worker ----------------------------------------------------------------------

  /** A frame that came on the control connection. */
  controlFrame(type: number, payload: Buffer): void {
    if (type === RECALLED && this.#lane !== null) this.#scheduler.recalled(this.#lane, decodeIds(payload));
  }

  #makeReader(): FrameReader {
    return new FrameReader((type, flags, id, chunk, start, end) => {
      const job = this.#lane?.inFlight.get(id);
      if (job === undefined) return;
      const complete = (flags & COMPLETE) !== 0;
      if (job.cancelled) {
        if (complete || type === FAIL) this.#finish(job);
      } else if (type === RESPONSE) {
        this.#respond(job, chunk, start, end, complete);
      } else {
        this.#receive(type, job, chunk.subarray(start, end), complete);
      }
    });
  }

  #respond(job: Job, chunk: Buffer, start: number, end: number, complete: boolean): void {
    const headLength = chunk.readUInt32LE(start);
    const body = start + 4 + headLength;
    job.responded = true;
    // The runner is free before the client has been told: the next request need not wait.
    if (complete) this.#finish(job);
    if (complete && end - start <= SMALL_RESPONSE) {
      const text = chunk.toString("latin1", start + 4, end);
      job.responder.respondWhole(text.slice(0, headLength), text.slice(headLength));
    } else {
      job.responder.respond(chunk.toString("latin1", start + 4, body), chunk.subarray(body, end), complete);
    }
  }

  #receive(type: number, job: Job, payload: Buffer, complete: boolean): void {
    if (type === DATA) {
      if (complete) this.#finish(job);
      job.responder.send(payload, complete);
    } else if (type === FAIL) {
      this.#finish(job);
      job.responder.fail(parseFailure(payload, this.#debuggee));
    } else if (type === HINT) {
      job.responder.hint(payload.toString("latin1"));
    } else if (type === FILE) {
      this.#sendFile(job, payload);
    }
  }

  #sendFile(job: Job, payload: Buffer): void {
    const range = {
      offset: Number(payload.readBigUInt64LE(0)),
      length: Number(payload.readBigUInt64LE(8)),
      path: payload.toString("utf8", 16),
    };
    void job.responder.sendFile(range).then((accepted) => {
      if (job.state !== "sent") return;
      this.opened(job.id, accepted);
      // The gateway has its own handle now: to the worker this exchange is over.
      if (accepted) {
        this.#now = performance.now();
        this.#finish(job);
      }
    });
  }

  /** The number of the record of the request that exchange `id` was for; 0 if there is none. */
  recordOf(id: number): number {
    return this.#lane?.inFlight.get(id)?.request.record ?? this.#ended.recordOf(id);
  }

  #finish(job: Job): void {
    if (this.#owed.size > 0) this.#owed.delete(job.id);
    const { record = 0 } = job.request;
    if (record > 0) this.#ended.add(job.id, record);
    if (this.#lane !== null) this.#scheduler.finished(this.#lane, job, this.#now);
  }
}

function parseFailure(payload: Buffer, debuggee: Debuggee): Failure {
  if (readJson(payload) === undefined) {
    return { kind: "raised", traceback: payload.toString("utf8"), error: null, output: [], debuggee: null };
  }
  const { kind, message, traceback, error, output } = readObject(payload);
  if (kind === "invalid-response") return { kind, message: String(message) };
  const model = readErrorModel(error);
  return {
    kind: "raised",
    traceback: typeof traceback === "string" ? traceback : "",
    error: model,
    output: readLines(output),
    debuggee: model === null ? null : debuggee,
  };
}
