import type { RequestBody } from "../application.ts";
import { LARGEST_KEPT, type TracedRequest } from "../http/debug-door.ts";
import type { RequestRecord } from "./request-record.ts";

/** Smaller ones may be a part of a larger block that was read: those are copied out of it. */
const COPIED = 64 * 1024;

const NO_BODY: Buffer = Buffer.alloc(0);

/** A request while it is answered, and afterwards: what takes time to make is made when it is looked at. */
export class KeptRequest implements RequestRecord {
  readonly id: number;
  readonly at: number = Date.now();
  readonly method: string;
  readonly target: string;
  readonly protocol: string;
  readonly remoteAddress: string;
  readonly body: Buffer | null;
  readonly bodySize: number;
  readonly replayOf: number | null;
  status: number | null = null;
  duration: number | null = null;
  error: number | null = null;
  /** Of the code, when it was asked. */
  readonly version: string;
  readonly #rawHeaders: readonly string[];
  readonly #environ: string;

  constructor(id: number, request: TracedRequest, version: string) {
    this.id = id;
    this.method = request.method;
    this.target = request.target;
    this.protocol = request.protocol;
    this.remoteAddress = request.remoteAddress;
    this.replayOf = request.replay?.replayOf ?? null;
    this.version = version;
    this.body = kept(request.body);
    this.bodySize = sizeOf(request.body);
    this.#rawHeaders = request.rawHeaders;
    this.#environ = request.environ;
  }

  get headers(): readonly (readonly [name: string, value: string])[] {
    return pairs(this.#rawHeaders);
  }

  get environ(): readonly (readonly [name: string, value: string])[] {
    return pairs(this.#environ.split("\0"));
  }

  /** Bytes that it takes in memory, about. */
  get size(): number {
    return 2 * this.#environ.length + (this.body?.length ?? 0);
  }
}

function pairs(list: readonly string[]): readonly (readonly [string, string])[] {
  const found: (readonly [string, string])[] = [];
  for (let index = 0; index + 1 < list.length; index += 2) {
    found.push([list[index] ?? "", list[index + 1] ?? ""]);
  }
  return found;
}

function sizeOf(body: RequestBody): number {
  if (body === null) return 0;
  return Buffer.isBuffer(body) ? body.length : body.size;
}

/** What was spooled to a file belongs to the worker, which removes it. */
function kept(body: RequestBody): Buffer | null {
  if (body === null) return NO_BODY;
  if (!Buffer.isBuffer(body) || body.length > LARGEST_KEPT) return null;
  return body.length < COPIED ? Buffer.from(body) : body;
}
