/**
 * Frames between the gateway and a worker, as docs/reference/protocol.md lists them.
 *
 * A frame is a header of twelve bytes, little-endian (`u32` payload length, `u8` type, `u8` flags,
 * `u16` zero, `u32` id), and its payload. `test/vectors/frames.json` holds both sides to this.
 */

export const PROTOCOL_VERSION = 1;
export const HEADER_LENGTH = 12;

/** A frame longer than this is not one of ours: the connection is closed. */
export const LARGEST_FRAME: number = 64 * 1024 * 1024;

export const HELLO = 1;

export const REQUEST = 2;
export const RESPONSE = 3;
export const DATA = 4;
export const HINT = 5;
export const FILE = 6;
export const FAIL = 7;

export const READY = 17;
export const FAILED = 18;
export const WAKE = 19;
export const RECALL = 20;
export const RECALLED = 21;
export const CANCEL = 22;
export const CREDIT = 23;
export const OPENED = 24;
export const PING = 25;
export const PONG = 26;
export const QUIT = 27;
export const IMPORTED = 28;
export const PROMPT = 29;
export const ERROR = 30;
export const EVALUATE = 31;
export const EVALUATED = 32;
export const SUGGEST = 33;
export const SUGGESTED = 34;
export const INTERRUPT = 35;
export const POSTMORTEM = 36;

/** REQUEST: the body is the path of a file. */
export const SPOOLED = 1;
/** REQUEST: wake the next runner before this request runs. */
export const FOLLOW = 2;
/** RESPONSE, DATA, FILE: nothing more will come for this exchange. */
export const COMPLETE = 1;
/** OPENED: the gateway has opened the file and sends it. */
export const ACCEPTED = 1;
/** Flag of PROMPT: it was opened; without it, closed. */
export const OPEN = 1;

export function writeHeader(
  target: Buffer,
  offset: number,
  length: number,
  type: number,
  flags: number,
  id: number,
): void {
  target.writeUInt32LE(length, offset);
  target[offset + 4] = type;
  target[offset + 5] = flags;
  target[offset + 6] = 0;
  target[offset + 7] = 0;
  target.writeUInt32LE(id, offset + 8);
}

/** Makes one frame; for everything but REQUEST, which `channel.ts` writes in place. */
export function encodeFrame(type: number, flags: number, id: number, payload: Uint8Array = NOTHING): Buffer {
  const frame = Buffer.allocUnsafe(HEADER_LENGTH + payload.length);
  writeHeader(frame, 0, payload.length, type, flags, id);
  frame.set(payload, HEADER_LENGTH);
  return frame;
}

export function encodeIds(ids: readonly number[]): Buffer {
  const payload = Buffer.allocUnsafe(ids.length * 4);
  ids.forEach((id, index) => payload.writeUInt32LE(id, index * 4));
  return payload;
}

export function decodeIds(payload: Buffer): number[] {
  const ids: number[] = [];
  for (let offset = 0; offset + 4 <= payload.length; offset += 4) ids.push(payload.readUInt32LE(offset));
  return ids;
}

const NOTHING: Buffer = Buffer.alloc(0);

/**
 * Takes whole frames. The payload is `chunk` from `start` to `end`, without a view of its own: most
 * are read as a string at once, and to make a view costs as much as that. No chunk is written again.
 */
export type FrameHandler = (
  type: number,
  flags: number,
  id: number,
  chunk: Buffer,
  start: number,
  end: number,
) => void;

/** Cuts a stream of chunks into frames, whatever the sizes in which they arrive. */
export class FrameReader {
  readonly #onFrame: FrameHandler;
  #parts: Buffer[] = [];
  #held = 0;
  #needed: number = HEADER_LENGTH;

  constructor(onFrame: FrameHandler) {
    this.#onFrame = onFrame;
  }

  /** @throws RangeError on a frame larger than LARGEST_FRAME. */
  feed(chunk: Buffer): void {
    if (this.#held > 0) {
      this.#parts.push(chunk);
      this.#held += chunk.length;
      // Joined only once a frame is whole: a large one in many chunks is copied once.
      if (this.#held < this.#needed) return;
      chunk = Buffer.concat(this.#parts, this.#held);
      this.#parts = [];
      this.#held = 0;
    }
    const end = chunk.length;
    let offset = 0;
    while (end - offset >= HEADER_LENGTH) {
      const length = chunk.readUInt32LE(offset);
      if (length > LARGEST_FRAME) throw new RangeError(`a frame of ${length} bytes`);
      const start = offset + HEADER_LENGTH;
      if (end - start < length) {
        this.#hold(chunk, offset, HEADER_LENGTH + length);
        return;
      }
      const next = start + length;
      this.#onFrame(
        chunk[offset + 4] as number,
        chunk[offset + 5] as number,
        chunk.readUInt32LE(offset + 8),
        chunk,
        start,
        next,
      );
      offset = next;
    }
    if (offset < end) this.#hold(chunk, offset, HEADER_LENGTH);
  }

  #hold(chunk: Buffer, offset: number, needed: number): void {
    const rest = offset === 0 ? chunk : chunk.subarray(offset);
    this.#parts = [rest];
    this.#held = rest.length;
    this.#needed = needed;
  }
}
