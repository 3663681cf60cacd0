import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { catalogue, HighballError } from "../../src/errors.ts";
import { repository } from "../support/environment.ts";

const codes = Object.keys(catalogue);
const sources = (folder: string, extension: string): string =>
  readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(extension) && file !== "errors.ts")
    .map((file) => readFileSync(join(repository, folder, file), "utf8"))
    .join("\n");

describe("the catalogue of errors", () => {
  const page = readFileSync(join(repository, "docs/reference/errors.md"), "utf8");
  const documented = [...page.matchAll(/^\| `([A-Z_]+)` \| (\d) \|/gm)];

  it("is the one that docs/reference/errors.md lists, both ways, with its exit codes", () => {
    const entries = Object.entries(catalogue).map(([code, { exitCode }]) => [code, exitCode]);
    expect(documented.map(([, code, exitCode]) => [code, Number(exitCode)])).toEqual(entries);
  });

  it("explains every code in one sentence", () => {
    for (const { summary } of Object.values(catalogue)) expect(summary).toMatch(/^(?:[A-Z]|`).*\.$/);
  });

  it("holds no code that nothing uses", () => {
    const text = sources("src", ".ts") + sources("python", ".py");
    expect(codes.filter((code) => !text.includes(`"${code}"`))).toEqual([]);
  });

  it("gives the application's errors exit code 4", () => {
    const own = Object.entries(catalogue).filter(([code]) => code.startsWith("APPLICATION_"));
    expect(new Set(own.map(([, { exitCode }]) => exitCode))).toEqual(new Set([4]));
  });
});

describe("a HighballError", () => {
  it("carries what the user needs, and where it came from", () => {
    const cause = new Error("below");
    const error = new HighballError("ADDRESS_IN_USE", "Port 1 is taken.", { hint: "Use 2.", cause });
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: "HighballError",
      code: "ADDRESS_IN_USE",
      exitCode: 1,
      message: "Port 1 is taken.",
      hint: "Use 2.",
      traceback: undefined,
      cause,
    });
  });

  it("has no cause where none was given", () => {
    expect("cause" in new HighballError("UNKNOWN_FLAG", "x")).toBe(false);
  });
});
