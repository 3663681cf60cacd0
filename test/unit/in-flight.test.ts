import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InFlight } from "../../src/worker/in-flight.ts";
import { Job } from "../../src/worker/job.ts";

const SEED = 20261120;

function jobOf(id: number): Job {
  const request = { environ: "", body: null, replayable: false };
  const responder = {
    hint: () => {},
    respond: () => {},
    respondWhole: () => {},
    send: () => {},
    sendFile: () => Promise.resolve(false),
    fail: () => {},
  };
  const job = new Job(request, responder, 0, 0, () => {});
  job.id = id;
  return job;
}

describe("the requests at a worker", () => {
  it("are what a Map in order of insertion would hold, however long some of them take", () => {
    const step = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({ do: fc.constant("add" as const), count: fc.integer({ min: 1, max: 90 }) }),
      },
      { weight: 5, arbitrary: fc.record({ do: fc.constant("end" as const), which: fc.nat(10_000) }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant("end all but" as const), which: fc.nat(10_000) }) },
    );
    fc.assert(
      fc.property(fc.constantFrom(1, 2 ** 32 - 300), fc.array(step, { maxLength: 60 }), (first, steps) => {
        const inFlight = new InFlight();
        const model = new Map<number, Job>();
        let id = first;
        for (const action of steps) {
          const ids = [...model.keys()];
          if (action.do === "add") {
            for (let count = 0; count < action.count; count += 1) {
              const job = jobOf(id);
              inFlight.add(job);
              model.set(id, job);
              id = (id + 1) >>> 0 || 1;
            }
          } else if (ids.length > 0) {
            const chosen = ids[action.which % ids.length] ?? 0;
            for (const each of ids) {
              if ((action.do === "end") !== (each === chosen)) continue;
              inFlight.delete(each);
              model.delete(each);
            }
          }
          expect(inFlight.size).toBe(model.size);
          expect([...inFlight].map((job) => job.id)).toEqual([...model.keys()]);
          expect(inFlight.oldest()?.id).toBe([...model.keys()][0]);
          for (const each of [...ids, ...model.keys()]) expect(inFlight.get(each)).toBe(model.get(each));
        }
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it("are none after clear()", () => {
    const inFlight = new InFlight();
    for (let id = 1; id < 600; id += 1) inFlight.add(jobOf(id));
    inFlight.clear();
    expect([inFlight.size, inFlight.oldest(), [...inFlight]]).toEqual([0, undefined, []]);
  });
});
