import { createWriteStream, unlink, type WriteStream } from "node:fs";
import type { Socket } from "node:net";
import type { RequestBody } from "../application.ts";
import type { BodyReceiver } from "./messages.ts";

/** Bytes that may wait for the disk before the client is told to wait. */
const WAITING_FOR_DISK = 1024 * 1024;
/** Milliseconds in which a worker opens the file of a request, or hands the request back. */
const OPENED_BY_THEN = 1_000;

export interface BodyLimits {
  /** Bytes kept in memory; more goes to a file. */
  readonly memory: number;
  /** Largest body in bytes; 0 is no limit. */
  readonly largest: number;
}

/** What becomes of a body, told once. */
export interface BodyOutcome {
  whole(body: RequestBody): void;
  tooLarge(): void;
  /** It could not be written to its file. */
  failed(error: Error): void;
}

/**
 * Collects the body of one request before the application is asked: in memory, and from a size on
 * in a file that only this user can read.
 *
 * So a slow or truncated upload never occupies a worker, and an application never sees half a body.
 */
export class BodyCollector implements BodyReceiver {
  received = 0;
  readonly startedAt: number = performance.now();
  readonly #limits: BodyLimits;
  readonly #expected: number;
  readonly #newPath: () => string;
  readonly #socket: Socket;
  #outcome: BodyOutcome | null;
  #chunks: Buffer[] = [];
  #file: WriteStream | null = null;
  #path = "";

  constructor(
    limits: BodyLimits,
    expected: number | null,
    newPath: () => string,
    socket: Socket,
    outcome: BodyOutcome,
  ) {
    this.#limits = limits;
    this.#expected = expected ?? 0;
    this.#newPath = newPath;
    this.#socket = socket;
    this.#outcome = outcome;
  }

  chunk(data: Buffer): void {
    const outcome = this.#outcome;
    if (outcome === null) return; // judged already: read on, so that the client hears the answer
    this.received += data.length;
    if (this.#limits.largest > 0 && this.received > this.#limits.largest) {
      this.discard();
      outcome.tooLarge();
    } else if (this.#file !== null) {
      this.#writeToFile(this.#file, data);
    } else {
      this.#chunks.push(data);
      // What will not fit is not held in memory until it does not.
      if (Math.max(this.received, this.#expected) > this.#limits.memory) this.#openFile(outcome);
    }
  }

  end(): void {
    const outcome = this.#outcome;
    if (outcome === null) return;
    if (this.#file === null) {
      this.#outcome = null;
      const [only] = this.#chunks;
      if (only === undefined) outcome.whole(null);
      else outcome.whole(this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks, this.received));
      this.#chunks = [];
      return;
    }
    // Not the callback of end(): that is called, too, when the last write has failed.
    this.#file.once("finish", () => {
      if (this.#outcome === null) return;
      this.#outcome = null;
      outcome.whole({ path: this.#path, size: this.received });
    });
    this.#file.end();
  }

  /**
   * Forgets what has come and takes no notice of what still comes.
   *
   * @param isAtWorker the request was given to a worker, which may be just about to open the file
   */
  discard(isAtWorker: boolean = false): void {
    this.#outcome = null;
    this.#chunks = [];
    const file = this.#file;
    if (file === null) return;
    this.#file = null;
    const remove = (): void => unlink(this.#path, () => {}); // the worker may have done it
    if (isAtWorker) {
      setTimeout(remove, OPENED_BY_THEN).unref();
      return;
    }
    // A file that is just being opened would come to be after it was removed.
    if (file.closed) remove();
    else file.once("close", remove).destroy();
  }

  #openFile(outcome: BodyOutcome): void {
    try {
      this.#path = this.#newPath();
    } catch (error) {
      this.discard();
      outcome.failed(error as Error);
      return;
    }
    const file = createWriteStream(this.#path, { flags: "wx", mode: 0o600, highWaterMark: WAITING_FOR_DISK });
    file.on("drain", () => this.#socket.resume());
    file.on("error", (error) => {
      const waiting = this.#outcome;
      this.discard();
      this.#socket.resume();
      waiting?.failed(error);
    });
    this.#file = file;
    for (const chunk of this.#chunks) this.#writeToFile(file, chunk);
    this.#chunks = [];
  }

  #writeToFile(file: WriteStream, data: Buffer): void {
    if (!file.write(data)) this.#socket.pause();
  }
}
