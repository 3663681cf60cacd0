import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { writePidFile } from "../../src/cli/pid-file.ts";
import { makeFolder } from "../support/folder.ts";
import { failureOf } from "../support/resolve.ts";

/** A process that runs, and whose command line names Highball or not. */
async function someProcess(name: string): Promise<number> {
  const child = spawn(process.execPath, ["-e", "console.log('up'); setInterval(() => 0, 1e6)", name], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  await once(child.stdout, "data");
  return child.pid ?? 0;
}

/** A process id that no process has any more. */
async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  return child.pid ?? 0;
}

describe("a pid file", () => {
  it("holds the process id, for all to read, until it is removed", () => {
    const path = join(makeFolder(), "highball.pid");
    const remove = writePidFile(path);
    expect(readFileSync(path, "utf8")).toBe(`${process.pid}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o644 & ~process.umask());
    remove();
    expect(existsSync(path)).toBe(false);
  });

  it("is refused while the server that wrote it runs", async () => {
    const pid = await someProcess("highball");
    const path = join(makeFolder({ "highball.pid": `${pid}\n` }), "highball.pid");
    const error = await failureOf(() => writePidFile(path));
    expect(error).toMatchObject({
      code: "PID_FILE_HELD",
      exitCode: 1,
      message: `The pid file "${path}" belongs to process ${pid}, which runs.`,
      hint: `Stop it first: kill ${pid}`,
    });
    expect(readFileSync(path, "utf8")).toBe(`${pid}\n`);
  });

  it.runIf(process.platform === "linux")(
    "is replaced when its process id is another program's now",
    async () => {
      const pid = await someProcess("something else");
      const path = join(makeFolder({ "highball.pid": `${pid}\n` }), "highball.pid");
      writePidFile(path)();
      expect(existsSync(path)).toBe(false);
    },
  );

  it("is replaced when its process has died, or is this one, or it is empty", async () => {
    const path = join(makeFolder(), "highball.pid");
    for (const content of [`${await deadProcess()}\n`, `${process.pid}`, ""]) {
      writeFileSync(path, content);
      const remove = writePidFile(path);
      expect(readFileSync(path, "utf8")).toBe(`${process.pid}\n`);
      remove();
    }
  });

  it("is left alone when it holds something else", async () => {
    const path = join(makeFolder({ notes: "Dear diary" }), "notes");
    const error = await failureOf(() => writePidFile(path));
    expect(error.code).toBe("PID_FILE_UNWRITABLE");
    expect(error.message).toContain("is not a pid file");
    expect(readFileSync(path, "utf8")).toBe("Dear diary");
  });

  it("is told when its folder is missing", async () => {
    const error = await failureOf(() => writePidFile(join(makeFolder(), "no/highball.pid")));
    expect(error.code).toBe("PID_FILE_UNWRITABLE");
    expect(error.message).toContain("there is no such file");
  });

  it("is not removed once another server has taken it over", () => {
    const path = join(makeFolder(), "highball.pid");
    const remove = writePidFile(path);
    writeFileSync(path, "1\n");
    remove();
    expect(readFileSync(path, "utf8")).toBe("1\n");
  });

  it("that somebody has removed already is nobody's problem", () => {
    const folder = makeFolder();
    const remove = writePidFile(join(folder, "highball.pid"));
    remove();
    expect(remove).not.toThrow();
  });
});
