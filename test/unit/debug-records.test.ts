/** Errors and requests that are kept, within bounds of number and size. */
import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { ErrorStore, type ErrorListener } from "../../src/debug/error-store.ts";
import { RequestLog } from "../../src/debug/request-log.ts";
import type { TracedRequest } from "../../src/http/debug-door.ts";
import { errorModels, errorRecord } from "../support/error-models.ts";

const SEED = 20261120;
const ROOM = 16 * 1024 * 1024;

function traced(overrides: Partial<TracedRequest> = {}): TracedRequest {
  return {
    method: "POST",
    target: "/pay?x=1",
    protocol: "HTTP/1.1",
    rawHeaders: ["Host", "localhost", "Cookie", "a=1", "cookie", "b=2"],
    environ: "REQUEST_METHOD\0POST\0QUERY_STRING\0\0PATH_INFO\0/pay",
    body: null,
    remoteAddress: "127.0.0.1",
    replay: null,
    ...overrides,
  };
}

describe("errors that are kept", () => {
  it("count up from 1, and are listed newest first", () => {
    const store = new ErrorStore();
    const first = store.add(errorRecord(null, { title: "first" }));
    const second = store.add(errorRecord(null, { title: "second" }));
    expect([first.id, second.id]).toEqual([1, 2]);
    expect(store.list()).toEqual([second, first]);
    expect(store.get(1)).toBe(first);
    expect(store.get(3)).toBeNull();
  });

  it("are a hundred, the newest", () => {
    const store = new ErrorStore();
    for (let count = 0; count < 250; count += 1) store.add(errorRecord());
    expect(store.list().map(({ id }) => id)).toEqual(Array.from({ length: 100 }, (_, index) => 250 - index));
  });

  it("take no more room than there is, whatever they hold, and the newest is always there", () => {
    const sizes = fc.array(fc.nat(ROOM / 2), { maxLength: 20 });
    fc.assert(
      fc.property(sizes, fc.constantFrom("traceback", "output"), (lengths, where) => {
        const store = new ErrorStore();
        for (const length of lengths) {
          const text = "x".repeat(length);
          const holding = where === "output" ? { output: [text] } : { traceback: text };
          const { id } = store.add(errorRecord(null, { traceback: "", output: [], ...holding }));
          const kept = store.list();
          expect(kept[0]?.id).toBe(id);
          const held = kept.map(({ traceback, output }) => traceback.length + (output[0]?.length ?? 0));
          expect(held.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(ROOM);
        }
      }),
      { seed: SEED, numRuns: 30 },
    );
  });

  it("larger than all the room are kept as long as they are the newest", () => {
    const store = new ErrorStore();
    const large = store.add(errorRecord(null, { traceback: "x".repeat(ROOM + 1) }));
    expect(store.list()).toEqual([large]);
    const next = store.add(errorRecord());
    expect(store.list()).toEqual([next]);
  });

  it("count what their model says", () => {
    const store = new ErrorStore();
    const model = { ...errorModels.plain, python: "x".repeat(ROOM / 2) };
    for (let count = 0; count < 3; count += 1) store.add(errorRecord(model));
    expect(store.list()).toHaveLength(1);
  });

  it("are told to whoever listens, until they do not", () => {
    const store = new ErrorStore();
    const heard = vi.fn<ErrorListener>();
    const leave = store.subscribe(heard);
    const record = store.add(errorRecord());
    leave();
    store.add(errorRecord());
    expect(heard.mock.calls).toEqual([[record]]);
  });
});

describe("requests that are kept", () => {
  it("are as they were sent, and as the application got them", () => {
    const body = Buffer.from("amount=3");
    const record = new RequestLog().begin(traced({ body }), "v1");
    expect(record).toMatchObject({
      id: 1,
      method: "POST",
      target: "/pay?x=1",
      protocol: "HTTP/1.1",
      bodySize: 8,
      status: null,
      duration: null,
      error: null,
      replayOf: null,
      version: "v1",
    });
    expect(record.headers).toEqual([
      ["Host", "localhost"],
      ["Cookie", "a=1"],
      ["cookie", "b=2"],
    ]);
    expect(record.environ).toEqual([
      ["REQUEST_METHOD", "POST"],
      ["QUERY_STRING", ""],
      ["PATH_INFO", "/pay"],
    ]);
    expect(record.body).toEqual(body);
  });

  it("have no part in the memory that their body was read into", () => {
    const block = Buffer.alloc(65_536, "x");
    const record = new RequestLog().begin(traced({ body: block.subarray(10, 20) }), "");
    block.fill("y");
    expect(record.body?.toString()).toBe("xxxxxxxxxx");
  });

  it("may have bodies that are too large to be kept", () => {
    const log = new RequestLog();
    const large = log.begin(traced({ body: Buffer.alloc(1024 * 1024 + 1) }), "");
    expect([large.body, large.bodySize]).toEqual([null, 1024 * 1024 + 1]);
    const spooled = log.begin(traced({ body: { path: "/tmp/body-1", size: 7 } }), "");
    expect([spooled.body, spooled.bodySize]).toEqual([null, 7]);
    expect(log.begin(traced({ body: Buffer.alloc(1024 * 1024) }), "").body).toHaveLength(1024 * 1024);
    expect(log.begin(traced(), "").body).toHaveLength(0);
  });

  it("are fifty, the newest, and take no more room than there is", () => {
    const log = new RequestLog();
    for (let count = 0; count < 60; count += 1) log.begin(traced(), "");
    expect(log.list().map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, index) => 60 - index));
    expect([log.get(10), log.get(11)?.id]).toEqual([null, 11]);
    for (let count = 0; count < 40; count += 1) log.begin(traced({ body: Buffer.alloc(1024 * 1024) }), "");
    const kept = log.list().reduce((sum, { size }) => sum + size, 0);
    expect(kept).toBeLessThanOrEqual(ROOM);
    expect(log.list()).toHaveLength(15);
  });
});
