import type { ErrorRecord } from "./error-record.ts";
import type { RequestRecord } from "./request-record.ts";

/** Errors that are kept. */
const MOST = 100;
/** Bytes that they may take in all, about. */
const ROOM = 16 * 1024 * 1024;

/** What is known of an error when it comes up. */
export type NewError = Omit<ErrorRecord, "id" | "at">;

export type ErrorListener = (record: ErrorRecord) => void;

interface Kept {
  readonly record: ErrorRecord;
  readonly size: number;
}

/** The errors of one run of the server, bounded in number and size: the oldest give way. */
export class ErrorStore {
  readonly #kept: Map<number, Kept> = new Map();
  readonly #listeners: Set<ErrorListener> = new Set();
  #id = 0;
  #size = 0;

  /** Keeps an error, and tells everybody who listens. */
  add(error: NewError): ErrorRecord {
    this.#id += 1;
    const record: ErrorRecord = { ...error, id: this.#id, at: Date.now() };
    const size = sizeOf(record);
    this.#kept.set(record.id, { record, size });
    this.#size += size;
    for (const [id, oldest] of this.#kept) {
      // The newest stays, however large: it is what is asked for next.
      if (id === record.id || (this.#kept.size <= MOST && this.#size <= ROOM)) break;
      this.#kept.delete(id);
      this.#size -= oldest.size;
    }
    for (const listener of this.#listeners) listener(record);
    return record;
  }

  get(id: number): ErrorRecord | null {
    return this.#kept.get(id)?.record ?? null;
  }

  /** Newest first. */
  list(): readonly ErrorRecord[] {
    return [...this.#kept.values()].map(({ record }) => record).toReversed();
  }

  /** A request that has failed. */
  findRequest(id: number): RequestRecord | null {
    for (const { record } of this.#kept.values()) if (record.request?.id === id) return record.request;
    return null;
  }

  /** Hears of every error from now on; call what is returned to hear no more. */
  subscribe(listener: ErrorListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Characters of what a record holds on to; its text is latin-1 or UTF-16 in memory, which is near enough. */
function sizeOf({ model, traceback, request, output }: ErrorRecord): number {
  const written = model === null ? 0 : JSON.stringify(model).length;
  const printed = output.reduce((sum, line) => sum + line.length, 0);
  return written + printed + traceback.length + (request?.body?.length ?? 0);
}
