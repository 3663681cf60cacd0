/** What a worker says of errors: taken if it fits the contract, and else as if it had not been said. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ErrorModel, ValueModel } from "../../src/error-model.ts";
import { readErrorModel, readEvaluation, readJson, readLines } from "../../src/worker/error-payload.ts";
import { errorModels } from "../support/error-models.ts";

const SEED = 20261120;

const all: readonly (readonly [string, ErrorModel])[] = Object.entries(errorModels);

/** Ways to every object and list in a value. */
function places(value: unknown, way: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[...way, key], ...places(inner, [...way, key])]);
}

/** A copy in which what stands at the end of the way is another. */
function replaced(value: unknown, way: readonly string[], other: unknown): unknown {
  const copy: unknown = structuredClone(value);
  let at = copy as Record<string, unknown>;
  for (const key of way.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[way.at(-1) ?? ""] = other;
  return copy;
}

describe("a model", () => {
  it.each(all)("%s is taken as it is", (_, model) => {
    expect(readErrorModel(JSON.parse(JSON.stringify(model)))).toEqual(model);
  });

  it("in which anything is of another type is none", () => {
    const cases = all.flatMap(([, model]) => places(model).map((way) => ({ model, way })));
    fc.assert(
      fc.property(
        fc.constantFrom(...cases),
        fc.constantFrom(undefined, {}, 1.5, true),
        ({ model, way }, other) => {
          const before = way.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], model);
          fc.pre(typeof before !== typeof other);
          expect(readErrorModel(replaced(model, way, other))).toBeNull();
        },
      ),
      { seed: SEED, numRuns: 1000 },
    );
  });

  it("may be anything at all without harm", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(readErrorModel(value)).toBeNull();
        expect(readLines(value).every((line) => typeof line === "string")).toBe(true);
        expect(["done", "incomplete", "gone"]).toContain(readEvaluation(value).status);
      }),
      { seed: SEED },
    );
  });

  it("that is deeper than the stack is none", () => {
    let value: ValueModel = { kind: "literal", type: "int", text: "1", cut: 0 };
    for (let depth = 0; depth < 100_000; depth += 1) {
      value = {
        kind: "items",
        type: "list",
        opening: "[",
        items: [{ key: null, value }],
        more: 0,
        closing: "]",
      };
    }
    const answer = { status: "done", output: "", value, shown: [], error: null };
    expect(readEvaluation(answer)).toMatchObject({ status: "gone" });
  });
});

describe("an evaluation", () => {
  it.each([
    { status: "incomplete" },
    { status: "gone", reason: "The worker has ended." },
    {
      status: "done",
      output: "a\n",
      value: { kind: "plain", type: "Cart", text: "<Cart>", cut: 0 },
      shown: [
        { kind: "text", title: "help(len)", text: "len(obj)" },
        { kind: "variables", title: "f", variables: [] },
      ],
      error: null,
    },
  ])("$status is taken as it is", (answer) => {
    expect(readEvaluation(answer)).toEqual(answer);
  });
});

it("what is no JSON is nothing", () => {
  expect(readJson(Buffer.from("{"))).toBeUndefined();
});
