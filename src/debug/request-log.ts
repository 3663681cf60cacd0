import type { TracedRequest } from "../http/debug-door.ts";
import { KeptRequest } from "./kept-request.ts";

/** Requests that are kept. */
const MOST = 50;
/** Bytes that they may take in all, about. */
const ROOM = 16 * 1024 * 1024;

/**
 * The last requests that the application was given, bounded in number and size; in memory only.
 *
 * A ring, and no Map: V8 chains the tables that a Map outgrows, so that one of them in the old generation keeps
 * all later requests alive (measured with the requests at a worker: 4 ms for each scavenge).
 */
export class RequestLog {
  readonly #ring: (KeptRequest | null)[] = Array.from({ length: MOST }, () => null);
  #id = 0;
  /** Of the oldest that is kept. */
  #first = 1;
  #size = 0;

  begin(request: TracedRequest, version: string): KeptRequest {
    this.#id += 1;
    const record = new KeptRequest(this.#id, request, version);
    if (this.#id - this.#first >= MOST) this.#forgetFirst();
    this.#ring[this.#id % MOST] = record;
    this.#size += record.size;
    while (this.#size > ROOM && this.#first < this.#id) this.#forgetFirst();
    return record;
  }

  get(id: number): KeptRequest | null {
    const record = this.#ring[id % MOST] ?? null;
    return record?.id === id ? record : null;
  }

  /** Newest first. */
  list(): readonly KeptRequest[] {
    const records: KeptRequest[] = [];
    for (let id = this.#id; id >= this.#first; id -= 1) {
      const record = this.get(id);
      if (record !== null) records.push(record);
    }
    return records;
  }

  #forgetFirst(): void {
    const slot = this.#first % MOST;
    this.#size -= this.#ring[slot]?.size ?? 0;
    this.#ring[slot] = null;
    this.#first += 1;
  }
}
