import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { preferredType } from "../../src/http/accept.ts";

const SEED = 20261120;
const OFFERS = ["text/plain", "text/html", "application/json"] as const;

function choose(...fields: readonly string[]): string {
  return preferredType(
    fields.flatMap((field) => ["Accept", field]),
    OFFERS,
  );
}

describe("Accept (RFC 9110 §12.5.1)", () => {
  it.each([
    ["curl, wget, fetch()", "*/*", "text/plain"],
    [
      "Chrome",
      "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
      "text/html",
    ],
    ["Firefox", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"],
    ["axios", "application/json, text/plain, */*", "application/json"],
    ["jQuery.getJSON", "application/json, text/javascript, */*; q=0.01", "application/json"],
    ["HTTPie", "application/json, */*;q=0.5", "application/json"],
    ["an image of a page", "image/avif,image/webp,*/*;q=0.8", "text/plain"],
    ["nothing that there is", "image/png", "text/plain"],
    ["an empty field", "", "text/plain"],
    ["names have no case", "TEXT/HTML", "text/html"],
    ["the heavier one", "text/plain;q=0.4, application/json;q=0.5", "application/json"],
    ["a weight of three digits", "text/html;q=0.501, application/json;q=0.5", "text/html"],
    ["0 is never", "text/plain;q=0, */*", "text/html"],
    ["0 of all", "*/*;q=0", "text/plain"],
    ["the more exact range decides about a type", "text/*;q=0.9, text/plain;q=0.1, */*;q=0.5", "text/html"],
    ["a range of a type's own kind", "text/*", "text/plain"],
    ["a range that is no prefix", "tex/*, application/json;q=0.1", "application/json"],
    ["spaces", " text/html ; q=0.2 ,\tapplication/json ; q=0.3", "application/json"],
    ["other parameters are not looked at", "text/html;charset=utf-8", "text/html"],
    ["a comma in quotes", 'text/html;x=",application/json;q=1";q=0.1, text/plain;q=0.2', "text/plain"],
    ["a weight in quotes is none", 'text/html;q="1", application/json;q=0.1', "application/json"],
    ["what breaks the grammar is skipped", "text/html;q=2, application/json;q=0.1", "application/json"],
    ["a quote that does not end", 'application/json, text/html;x="', "application/json"],
  ])("%s: %s", (_who, field, type) => {
    expect(choose(field)).toBe(type);
  });

  it("a missing field is the first offer", () => {
    expect(choose()).toBe("text/plain");
  });

  it("several fields are one list, whatever they are called", () => {
    expect(choose("text/html;q=0.1", "application/json")).toBe("application/json");
    expect(preferredType(["aCCept", "text/html"], OFFERS)).toBe("text/html");
    expect(preferredType(["Accept-Language", "text/html"], OFFERS)).toBe("text/plain");
  });

  it("never takes what was given the weight 0, and always something", () => {
    const type = fc.constantFrom("*/*", "text/*", "text/html", "application/json", "text/plain", "image/png");
    const weight = fc.constantFrom("", ";q=0", ";q=0.0", ";q=0.5", ";q=1.000", ";q=", ";Q=0.7");
    const members = fc.array(fc.tuple(type, weight), { maxLength: 6 });
    fc.assert(
      fc.property(members, (list) => {
        const field = list.map((pair) => pair.join("")).join(",");
        const chosen = choose(field);
        expect(OFFERS).toContain(chosen);
        const named = list.filter(([each]) => each === chosen);
        const refused = named.length > 0 && named.every(([, each]) => /^;q=0(?:\.0)?$/.test(each));
        // Only where nothing else is left.
        expect(refused && chosen !== "text/plain").toBe(false);
      }),
      { seed: SEED },
    );
  });

  it("reads any text, and long ones in no time", () => {
    fc.assert(
      fc.property(fc.string(), (field) => {
        expect(OFFERS).toContain(choose(field));
      }),
      { seed: SEED },
    );
    for (const part of ['"', '\\"', ",", ';q="', "a;", '"a",']) {
      const before = performance.now();
      choose(part.repeat(100_000));
      expect(performance.now() - before).toBeLessThan(2000);
    }
  });
});
