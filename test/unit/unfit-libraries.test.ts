import { describe, expect, it } from "vitest";
import { LeftOut, patchesInPlace } from "../../src/worker/unfit-libraries.ts";

describe("modules that are not imported ahead", () => {
  it("are left out with all that is beneath them, and nothing beside them", () => {
    const leftOut = new LeftOut();
    leftOut.add(["django.contrib.auth.models", "library"]);
    for (const name of ["django.contrib.auth.models", "library", "library.part", "library.part.inner"])
      expect([name, leftOut.has(name)]).toEqual([name, true]);
    for (const name of [
      "django",
      "django.contrib.auth",
      "django.contrib.auth.models_of",
      "libraries",
      "lib",
      "",
    ])
      expect([name, leftOut.has(name)]).toEqual([name, false]);
  });

  it("are, to begin with, those that were measured to be unfit", () => {
    const leftOut = new LeftOut();
    expect(
      ["polars", "polars.functions", "twisted.internet.reactor"].every((name) => leftOut.has(name)),
    ).toBe(true);
    // What is common, and was measured to be fit, must not be lost.
    const common = [
      "numpy",
      "pandas",
      "sklearn.cluster",
      "pyarrow",
      "grpc",
      "psycopg",
      "celery",
      "twisted.web",
    ];
    expect(common.filter((name) => leftOut.has(name))).toEqual([]);
  });
});

describe("modules that patch others", () => {
  it("are told by their own name only", () => {
    expect(["gevent.monkey", "eventlet.patcher", "ddtrace"].every(patchesInPlace)).toBe(true);
    expect(["gevent", "eventlet", "ddtrace_of_mine", "newrelic"].some(patchesInPlace)).toBe(false);
  });
});
