import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as protocol from "../../src/worker/protocol.ts";

interface Vector {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly id: number;
  readonly payload: string;
  readonly bytes: string;
}

const vectors = (
  JSON.parse(readFileSync(new URL("../vectors/frames.json", import.meta.url), "utf8")) as {
    frames: readonly Vector[];
  }
).frames;
const page = readFileSync(new URL("../../docs/reference/protocol.md", import.meta.url), "utf8");

const SEED = 20261120;

function read(chunks: readonly Buffer[]): unknown[] {
  const frames: unknown[] = [];
  const reader = new protocol.FrameReader((type, flags, id, chunk, start, end) =>
    frames.push({ type, flags, id, payload: chunk.toString("hex", start, end) }),
  );
  for (const chunk of chunks) reader.feed(chunk);
  return frames;
}

describe("frames", () => {
  it.each(vectors)("$name is written as the vectors say", ({ type, flags, id, payload, bytes }) => {
    expect(protocol.encodeFrame(type, flags, id, Buffer.from(payload, "hex")).toString("hex")).toBe(bytes);
  });

  it.each(vectors)("$name is read as the vectors say", ({ type, flags, id, payload, bytes }) => {
    expect(read([Buffer.from(bytes, "hex")])).toEqual([{ type, flags, id, payload }]);
  });

  it("are the same however the stream is cut", () => {
    const frame = fc.record({
      type: fc.nat(255),
      flags: fc.nat(255),
      id: fc.nat(0xffff_ffff),
      payload: fc.uint8Array({ maxLength: 300 }),
    });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 20 }), fc.array(fc.nat(400)), (frames, cuts) => {
        const stream = Buffer.concat(
          frames.map(({ type, flags, id, payload }) => protocol.encodeFrame(type, flags, id, payload)),
        );
        const chunks: Buffer[] = [];
        let offset = 0;
        for (const cut of cuts) {
          chunks.push(stream.subarray(offset, offset + cut));
          offset += cut;
        }
        chunks.push(stream.subarray(offset));
        const expected = frames.map(({ payload, ...rest }) => ({
          ...rest,
          payload: Buffer.from(payload).toString("hex"),
        }));
        expect(read(chunks.filter((chunk) => chunk.length > 0))).toEqual(expected);
      }),
      { seed: SEED },
    );
  });

  it("of a size that no worker sends are refused, whatever else the bytes are", () => {
    const header = Buffer.alloc(protocol.HEADER_LENGTH);
    protocol.writeHeader(header, 0, protocol.LARGEST_FRAME + 1, protocol.DATA, 0, 1);
    expect(() => read([header])).toThrow(RangeError);
  });

  it("never make the reader hang or throw anything else on noise", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 64 })), (chunks) => {
        let thrown: unknown = new RangeError("none");
        try {
          read(chunks.map((chunk) => Buffer.from(chunk)));
        } catch (error) {
          thrown = error;
        }
        expect(thrown).toBeInstanceOf(RangeError);
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });
});

describe("the page of the protocol", () => {
  const rows = [...page.matchAll(/^\| (\d+) \| ([A-Z]+) \|/gm)].map(([, type, name]) => [name, Number(type)]);

  it("lists exactly the types that the code has", () => {
    const types = [...new Set(vectors.map(({ name }) => name.split(",")[0] ?? ""))];
    const code = types.map((name) => [name, (protocol as unknown as Record<string, number>)[name]]);
    expect(rows).toEqual(code);
  });

  it("gives the flags the values of the code", () => {
    for (const [, value, name] of page.matchAll(/^\| (\d) ([A-Z]+) \| [A-Z, ]+ \|/gm)) {
      expect((protocol as unknown as Record<string, number>)[name ?? ""]).toBe(Number(value));
    }
  });
});
