import type { IncomingMessage } from "node:http";
import type { Transform } from "node:stream";
import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from "node:zlib";
import { fieldValues } from "../http/request-fields.ts";
import type { AnswerEnd, ReplayAnswer } from "./replay-answer.ts";

/** Bytes of a body that are kept, and to which what is compressed is unpacked. */
const LIMIT = 64 * 1024;

/** What begins like this is no text, whatever its bytes are. */
const BINARY = /^(?:image\/(?!svg\+xml)|audio\/|video\/|font\/|application\/pdf)/;

/** Takes a response in: all of it is counted, and no more than its beginning is kept. */
export class AnswerReader {
  readonly #start: BoundedBytes = new BoundedBytes();

  take(chunk: Buffer): void {
    this.#start.add(chunk);
  }

  async finish(response: IncomingMessage, end: AnswerEnd): Promise<ReplayAnswer> {
    const { rawHeaders, statusCode = 0, statusMessage: reason = "" } = response;
    const contentType = fieldValues(rawHeaders, "content-type")[0] ?? "";
    const contentCoding = codingOf(rawHeaders);
    const plain = contentCoding === "" ? this.#start : await unpacked(this.#start, contentCoding);
    const isCut = this.#start.isCut || plain?.isCut === true;
    const body = plain === null ? null : textOf(plain.bytes, contentType, isCut || end !== "whole");
    return {
      status: statusCode,
      reason,
      headers: pairsOf(rawHeaders),
      contentType,
      contentCoding,
      body,
      bodyIsCut: body !== null && isCut,
      bodySize: this.#start.size,
      end,
    };
  }
}

/** Copies: a piece that came may be a small part of a large block that would be held with it. */
class BoundedBytes {
  #room: Buffer | null = null;
  size = 0;

  add(chunk: Buffer): void {
    this.#room ??= Buffer.allocUnsafe(LIMIT);
    if (this.size < LIMIT) chunk.copy(this.#room, this.size);
    this.size += chunk.length;
  }

  get bytes(): Buffer {
    return this.#room?.subarray(0, this.size) ?? Buffer.alloc(0);
  }

  get isCut(): boolean {
    return this.size > LIMIT;
  }
}

function pairsOf(rawHeaders: readonly string[]): readonly (readonly [string, string])[] {
  return rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ""] as const] : [],
  );
}

/** RFC 9110 §8.4. */
function codingOf(rawHeaders: readonly string[]): string {
  return fieldValues(rawHeaders, "content-encoding")
    .flatMap((value) => value.toLowerCase().split(","))
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "identity")
    .join(", ");
}

/** The beginning of what was compressed, as far as it can be unpacked; null where nothing of it can. */
function unpacked(packed: BoundedBytes, coding: string): Promise<BoundedBytes | null> {
  const plain = new BoundedBytes();
  const { bytes } = packed;
  // A response to HEAD has the headers of one that has a body.
  if (bytes.length === 0) return Promise.resolve(plain);
  const unpacker = unpackerOf(coding, bytes);
  if (unpacker === null) return Promise.resolve(null);
  return new Promise((resolve) => {
    unpacker.on("data", (chunk: Buffer) => {
      plain.add(chunk);
      // A few bytes may stand for gigabytes.
      if (plain.isCut) unpacker.destroy();
    });
    let isWrong = false;
    unpacker.on("error", () => (isWrong = true));
    unpacker.on("close", () => resolve(isWrong && plain.size === 0 ? null : plain));
    unpacker.end(bytes);
  });
}

/** What there is of something that was cut off is unpacked too. */
function unpackerOf(coding: string, bytes: Buffer): Transform | null {
  const lenient = { finishFlush: constants.Z_SYNC_FLUSH };
  switch (coding) {
    case "gzip":
    case "x-gzip":
      return createGunzip(lenient);
    case "deflate":
      // Some send it without its frame (RFC 1950), which begins with an 8.
      return ((bytes[0] ?? 0) & 0x0f) === 8 ? createInflate(lenient) : createInflateRaw(lenient);
    case "br":
      return createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH });
    default:
      return null;
  }
}

/** @param isPartial the last character may be half there */
function textOf(bytes: Buffer, contentType: string, isPartial: boolean): string | null {
  const type = contentType.trim().toLowerCase();
  if (bytes.length > 0 && BINARY.test(type)) return null;
  const label = /;\s*charset\s*=\s*"?([^\s;"]+)/.exec(type)?.[1] ?? null;
  const options = { stream: isPartial };
  const text = decode(label) ?? decode("utf-8", true) ?? (type.startsWith("text/") ? decode("latin1") : null);
  return text === null || text.includes("\0") ? null : text;

  function decode(charset: string | null, fatal: boolean = false): string | null {
    if (charset === null) return null;
    try {
      return new TextDecoder(charset, { fatal }).decode(bytes, options);
    } catch {
      return null; // No such charset, or not that
    }
  }
}
