import type { TracedRequest } from "../http/debug-door.ts";
import { KeptRequest } from "./kept-request.ts";

/** Requests that are kept. */
const MOST = 50;
/** Bytes that they may take in all, about. */
const ROOM = 16 * 1024 * 1024;

/** The last requests that the application was given, bounded in number and size; in memory only. */
export class RequestLog {
  readonly #kept: Map<number, KeptRequest> = new Map();
  #id = 0;
  #size = 0;

  begin(request: TracedRequest, version: string): KeptRequest {
    this.#id += 1;
    const record = new KeptRequest(this.#id, request, version);
    this.#kept.set(record.id, record);
    this.#size += record.size;
    for (const [id, oldest] of this.#kept) {
      if (id === record.id || (this.#kept.size <= MOST && this.#size <= ROOM)) break;
      this.#kept.delete(id);
      this.#size -= oldest.size;
    }
    return record;
  }

  get(id: number): KeptRequest | null {
    return this.#kept.get(id) ?? null;
  }

  /** Newest first. */
  list(): readonly KeptRequest[] {
    return [...this.#kept.values()].toReversed();
  }
}
