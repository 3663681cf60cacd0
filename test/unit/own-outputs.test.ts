import { spawnSync } from "node:child_process";
import { openSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ownOutputs } from "../../src/reload/own-outputs.ts";
import { repository } from "../support/environment.ts";
import { makeFolder } from "../support/folder.ts";

describe("what the server writes itself", () => {
  it("is its logs, by whatever name, and nothing else", () => {
    const folder = makeFolder({ "error.log": "", "data.json": "{}" });
    symlinkSync(join(folder, "error.log"), join(folder, "newest"));
    const isOwn = ownOutputs(["-", join(folder, "error.log"), join(folder, "access.log")]);
    const asked = ["error.log", "newest", "data.json", "access.log"].map((name) => join(folder, name));
    expect(asked.map((path) => isOwn({ path }))).toEqual([true, true, false, false]);
    writeFileSync(join(folder, "access.log"), "");
    expect(isOwn({ path: join(folder, "access.log") })).toBe(true);
  });

  it("is the file that standard output goes to", () => {
    const folder = makeFolder({ "data.json": "{}" });
    const path = join(folder, "log");
    const code = `
      import { ownOutputs } from ${JSON.stringify(join(repository, "dist/reload/own-outputs.js"))};
      const isOwn = ownOutputs([]);
      console.error([${JSON.stringify(path)}, ${JSON.stringify(join(folder, "data.json"))}].map((path) => isOwn({ path })).join());
    `;
    const { stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
      stdio: ["ignore", openSync(path, "w"), "pipe"],
      encoding: "utf8",
    });
    expect(stderr).toBe("true,false\n");
  });
});
