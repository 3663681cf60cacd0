import { describe, expect, it } from "vitest";
import { type Options, resolveOptions } from "../../src/settings/options.ts";
import { failureOf } from "../support/resolve.ts";

describe("options of serve()", () => {
  it("have the defaults of the command", () => {
    const { settings } = resolveOptions({ application: "site:app" });
    expect(settings).toMatchObject({
      mode: "production",
      bind: ["127.0.0.1:8000"],
      keepAlive: 75,
      debug: false,
    });
    expect(settings.workers).toBeGreaterThanOrEqual(1);
    const { settings: development } = resolveOptions({ application: "site:app", mode: "development" });
    expect(development).toMatchObject({ bind: ["localhost:8000"], workers: 1, debug: true });
  });

  it("are checked as the command's settings are", async () => {
    const error = await failureOf(() => resolveOptions({ application: "a", workers: 0 }));
    expect(error).toMatchObject({
      code: "INVALID_VALUE",
      message: "option workers: 0 is too small; the least is 1.",
      hint: "For example: workers: 4",
    });
  });

  it("read neither the environment nor files", () => {
    process.env["HIGHBALL_THREADS"] = "3";
    process.env["PORT"] = "1";
    try {
      const { settings, usedCommonVariables } = resolveOptions({ application: "a" });
      expect(settings).toMatchObject({ threads: 8, bind: ["127.0.0.1:8000"] });
      expect(usedCommonVariables).toEqual([]);
    } finally {
      delete process.env["HIGHBALL_THREADS"];
      delete process.env["PORT"];
    }
  });

  it("take host and port for bind", async () => {
    const { settings } = resolveOptions({ application: "a", host: "::1", port: 0 });
    expect(settings.bind).toEqual(["[::1]:0"]);
    const error = await failureOf(() => resolveOptions({ application: "a", port: 1, bind: ["fd://3"] }));
    expect(error.code).toBe("CONFLICTING_SETTINGS");
  });

  it("may be undefined, as optional parameters of a caller are", () => {
    const options: Options = { application: "a", port: undefined, bind: undefined };
    expect(resolveOptions(options).settings.bind).toEqual(["127.0.0.1:8000"]);
  });

  it.each([
    ["worker", "Did you mean workers?"],
    ["keepalive", "Did you mean keepAlive?"],
    ["zebra", "Every setting is in docs/reference/settings.md"],
    ["envFile", "Every setting is in docs/reference/settings.md"],
    ["toString", "Every setting"],
  ])("that name no setting are an error: %s", async (name, hint) => {
    const options: Options = Object.assign({ application: "a" }, { [name]: 1 });
    const error = await failureOf(() => resolveOptions(options));
    expect(error).toMatchObject({
      code: "UNKNOWN_OPTION",
      message: `The option "${name}" names no setting.`,
    });
    expect(error.hint).toContain(hint);
  });

  it("know two modes", async () => {
    const error = await failureOf(() => resolveOptions(JSON.parse('{"mode": "test"}')));
    expect(error.message).toContain('option mode: "test" is neither');
  });
});
