import { describe, expect, it, onTestFinished, vi } from "vitest";
import { processOptions } from "../../src/head-start.ts";
import { runSimpleSettings } from "../../src/run-simple.ts";
import { resolveOptions } from "../../src/settings/options.ts";
import { python } from "../support/environment.ts";

describe("run_simple's parameters of the debugger", () => {
  it("have Werkzeug's defaults: no debugger, and one that evaluates where there is one", () => {
    expect(runSimpleSettings("localhost", 5000, "app", {})).toMatchObject({ debug: false, evalex: true });
  });

  it.each([
    [{ useDebugger: true }, { debug: true, evalex: true, passthroughErrors: false }],
    [
      { useDebugger: true, useEvalex: false },
      { debug: true, evalex: false, passthroughErrors: false },
    ],
    [{ passthroughErrors: true }, { debug: false, evalex: true, passthroughErrors: true }],
    [
      { useDebugger: false, debug: true },
      { debug: true, evalex: true, passthroughErrors: false },
    ],
  ])("%j mean %j", (options, expected) => {
    const settings = runSimpleSettings("localhost", 5000, "app:app", options);
    expect(resolveOptions(settings).settings).toMatchObject(expected);
  });
});

describe("an application that is served with the debugger", () => {
  it.each(["development", "production"] as const)("knows it as Flask tells it, in %s", (mode) => {
    const variablesOf = (debug: boolean): NodeJS.ProcessEnv =>
      processOptions(resolveOptions({ application: "app", python, mode, debug }).settings).env;
    vi.stubEnv("FLASK_DEBUG", undefined);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(variablesOf(true)["FLASK_DEBUG"]).toBe("1");
    expect(variablesOf(false)["FLASK_DEBUG"]).toBeUndefined();
  });
});
