import { execFile, execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import type { WatchFolder } from "../../src/reload/native-folders.ts";
import { compileSources } from "../support/compiled.ts";
import { makeFolder } from "../support/folder.ts";
import { watchRoot } from "../support/watched.ts";

/** As the kernel, when so many watches exist. */
function limited(most: number, code: "ENOSPC" | "EMFILE"): WatchFolder {
  let count = 0;
  return (path, onEvent) => {
    count += 1;
    if (count > most) throw Object.assign(new Error(`${code}: a limit was reached`), { code });
    return watch(path, { persistent: false }, onEvent);
  };
}

const files = { "app.py": "1", "a/a.py": "a", "b/b.py": "b", "c/c.py": "c" };

describe("watches that the system does not give", () => {
  for (const type of ["auto", "native"] as const) {
    it(`are met with sweeps of everything, and said, type ${type}`, async () => {
      const { watcher, told, path, warnings } = watchRoot(makeFolder(files), type, {
        watchFolder: limited(2, "ENOSPC"),
      });
      expect(watcher.type).toBe("stat");
      writeFileSync(path("a/a.py"), "aa");
      writeFileSync(path("c/c.py"), "cc");
      mkdirSync(path("d"));
      writeFileSync(path("d/d.py"), "d");
      expect(await told()).toEqual(["changed a/a.py", "changed c/c.py", "created d/d.py"]);
      await expect.poll(() => warnings).toHaveLength(1);
      expect(warnings[0]).toContain("ENOSPC");
      expect(warnings[0]).toContain("after 2 of 4 folders");
      expect(warnings[0]).toContain("sudo sysctl fs.inotify.max_user_watches=524288");
    });
  }

  it("also when they end later", async () => {
    const { watcher, sofar, path, warnings } = watchRoot(makeFolder(files), "auto", {
      watchFolder: limited(4, "ENOSPC"),
      interval: 10,
    });
    expect(watcher.type).toBe("native");
    mkdirSync(path("d"));
    writeFileSync(path("d/d.py"), "d");
    await expect.poll(sofar).toEqual(["created d/d.py"]);
    expect(watcher.type).toBe("stat");
    writeFileSync(path("d/d.py"), "dd");
    await expect.poll(sofar).toEqual(["changed d/d.py"]);
    await expect.poll(() => warnings).toHaveLength(1);
  });

  it("name the other limit for EMFILE", async () => {
    const { warnings } = watchRoot(makeFolder(files), "auto", { watchFolder: limited(0, "EMFILE") });
    await expect.poll(() => warnings).toHaveLength(1);
    expect(warnings[0]).toContain("sudo sysctl fs.inotify.max_user_instances=1024");
  });
});

describe("events without a look", () => {
  it("are told at once, and all that came together at once", async () => {
    const { watcher, sofar, path } = watchRoot(makeFolder(files), "native");
    writeFileSync(path("a/a.py"), "aa");
    writeFileSync(path("b/b.py"), "bb");
    await expect.poll(sofar, { interval: 1 }).toEqual(["changed a/a.py", "changed b/b.py"]);
    watcher.close();
    writeFileSync(path("a/a.py"), "aaa");
    await watcher.look();
    expect(sofar()).toEqual([]);
  });

  it("of another process have been told when a look returns that began after its save", async () => {
    const { watcher, sofar, path } = watchRoot(makeFolder({ "a.css": "" }), "native");
    const script = `import os, sys
for number in range(300):
    sys.stdin.readline()
    if number % 2:
        with open("a.css", "w") as file:
            file.write(str(number))
    else:
        with open("b.css", "w") as file:
            file.write(str(number))
        os.rename("b.css", "a.css")
    os.write(1, b".")`;
    const editor = spawn("python3", ["-c", script], { cwd: path("."), stdio: ["pipe", "pipe", "inherit"] });
    onTestFinished(() => void editor.kill());
    let saves = 0;
    editor.stdin.write("\n");
    for await (const _ of editor.stdout) {
      await watcher.look();
      expect(sofar()).toContain("changed a.css");
      saves += 1;
      editor.stdin.write("\n");
      if (saves === 300) break;
    }
    expect(saves).toBe(300);
  });

  it.skipIf(process.platform !== "linux")("are not needed when the kernel has dropped some", async () => {
    const names = Array.from({ length: 12_000 }, (_, index) => `many/${index}.css`);
    const { told, path } = watchRoot(makeFolder({ "many/x.css": "", "late/a.css": "1" }), "native");
    const most = Number(readFileSync("/proc/sys/fs/inotify/max_queued_events", "utf8"));
    // While this process waits for it, nobody reads events: two for each file, and they are not merged.
    execFileSync("python3", [
      "-c",
      `import sys
for number in range(12000):
    with open(sys.argv[1] + "/many/%d.css" % number, "w") as file:
        file.write("x")
with open(sys.argv[1] + "/late/a.css", "w") as file:
    file.write("2")`,
      path("."),
    ]);
    expect(most).toBeLessThan(24_000);
    expect(await told()).toEqual(
      ["changed late/a.css", ...names.map((name) => `created ${name}`)].toSorted(),
    );
  });
});

describe("a process that may open few files", () => {
  it("is told to raise that", async () => {
    const compiled = compileSources();
    onTestFinished(() => rmSync(compiled, { recursive: true }));
    const folder = makeFolder(files);
    const script = join(folder, "try.mjs");
    writeFileSync(
      script,
      `import { openSync } from "node:fs";
import { openWatcher } from ${JSON.stringify(join(compiled, "reload/open-watcher.js"))};
try { for (;;) openSync("/dev/null", "r"); } catch {}
const log = { debug() {}, info() {}, warning: (message) => process.stdout.write(message), error() {} };
const lists = { extra: [], exclude: [], environmentFiles: [], settingsFiles: [] };
openWatcher({ roots: [process.argv[2]], ...lists, type: "auto", interval: 1000, log }, () => {});
`,
    );
    const run = promisify(execFile);
    const { stdout } = await run("sh", [
      "-c",
      'ulimit -n 64 && exec "$@"',
      "sh",
      process.execPath,
      script,
      folder,
    ]);
    expect(stdout).toContain("No more files can be opened (EMFILE)");
    expect(stdout).toContain("ulimit -n 65536");
  });
});
