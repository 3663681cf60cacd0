import { describe, expect, it } from "vitest";
import { runSimpleSettings } from "../../src/run-simple.ts";
import { resolveOptions } from "../../src/settings/options.ts";

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
