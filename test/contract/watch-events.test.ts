import { mkdirSync, readFile, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeFolder } from "../support/folder.ts";
import { watchRoot, type Watched } from "../support/watched.ts";

/** Gathers what is told without any look, which would find it by other means. */
function heard({ sofar }: Watched): () => readonly string[] {
  const lines = new Set<string>();
  return () => {
    for (const line of sofar()) lines.add(line);
    return [...lines].toSorted();
  };
}

const PATIENTLY = { interval: 2, timeout: 10_000 };

describe("events alone", () => {
  it("tell of a project that is deleted and made again", async () => {
    const base = makeFolder({ "project/app.py": "1" });
    const watched = watchRoot(join(base, "project"), "native");
    rmSync(join(base, "project"), { recursive: true });
    await expect.poll(heard(watched), PATIENTLY).toEqual(["deleted app.py"]);
    mkdirSync(join(base, "project"));
    writeFileSync(watched.path("app.py"), "2");
    await expect.poll(heard(watched), PATIENTLY).toEqual(["created app.py"]);
    writeFileSync(watched.path("app.py"), "33");
    await expect.poll(heard(watched), PATIENTLY).toEqual(["changed app.py"]);
  });

  it("tell of a root in an ignored folder", async () => {
    const root = makeFolder({ "app.py": "", "build/lib/b.py": "b", ".gitignore": "build/\n" });
    const watched = watchRoot(root, "native", { roots: [root, join(root, "build/lib")] });
    rmSync(watched.path("build"), { recursive: true });
    await expect.poll(heard(watched), PATIENTLY).toEqual(["deleted build/lib/b.py"]);
    mkdirSync(watched.path("build/lib"), { recursive: true });
    writeFileSync(watched.path("build/lib/b.py"), "bb");
    await expect.poll(heard(watched), PATIENTLY).toEqual(["created build/lib/b.py"]);
    writeFileSync(watched.path("build/lib/b.py"), "bbb");
    await expect.poll(heard(watched), PATIENTLY).toEqual(["changed build/lib/b.py"]);
  });

  it("tell of imported files whose folder is deleted and made again", async () => {
    const library = makeFolder({ "lib/a.py": "a" });
    const watched = watchRoot(makeFolder({ "app.py": "1" }), "native");
    const file = join(library, "lib/a.py");
    watched.watcher.follow([file], Date.now() + 1_000);
    for (let round = 0; round < 3; round += 1) {
      // oxlint-disable no-await-in-loop -- one step after the other
      rmSync(join(library, "lib"), { recursive: true });
      await expect.poll(heard(watched), PATIENTLY).toEqual([`deleted ${file}`]);
      mkdirSync(join(library, "lib"));
      writeFileSync(file, `round ${round}`);
      await expect.poll(heard(watched), PATIENTLY).toEqual([`created ${file}`]);
      writeFileSync(file, `again in ${round}`);
      await expect.poll(heard(watched), PATIENTLY).toEqual([`changed ${file}`]);
      // oxlint-enable no-await-in-loop
    }
  });

  it("tell of an imported file that is a link, and of one below a link that is switched", async () => {
    const base = makeFolder({ "1/a.py": "1", "2/a.py": "2", "store/b.py": "b", "links/x": "" });
    symlinkSync("1", join(base, "current"));
    symlinkSync("../store/b.py", join(base, "links/b.py"));
    const watched = watchRoot(makeFolder({ "app.py": "x" }), "native");
    const [a, b] = [join(base, "current/a.py"), join(base, "links/b.py")];
    watched.watcher.follow([a, b], Date.now() + 1_000);
    writeFileSync(join(base, "store/b.py"), "bb");
    await expect.poll(heard(watched), PATIENTLY).toEqual([`changed ${b}`]);
    unlinkSync(join(base, "current"));
    symlinkSync("2", join(base, "current"));
    await expect.poll(heard(watched), PATIENTLY).toEqual([`changed ${a}`]);
    writeFileSync(join(base, "2/a.py"), "22");
    await expect.poll(heard(watched), PATIENTLY).toEqual([`changed ${a}`]);
  });

  it("tell of a link in the project that is imported no longer", async () => {
    const elsewhere = makeFolder({ "x.css": "1" });
    const watched = watchRoot(makeFolder({ "app.py": "x" }), "native");
    symlinkSync(join(elsewhere, "x.css"), watched.path("x.css"));
    await expect.poll(heard(watched), PATIENTLY).toEqual(["created x.css"]);
    watched.watcher.follow([watched.path("x.css")], Date.now() + 1_000);
    watched.watcher.follow([], Date.now() + 1_000);
    writeFileSync(join(elsewhere, "x.css"), "22");
    await expect.poll(heard(watched), PATIENTLY).toEqual(["changed x.css"]);
  });

  it("tell of folders below a project that is switched", async () => {
    const base = makeFolder({ "1/pkg/a.css": "1", "2/pkg/a.css": "2" });
    symlinkSync("1", join(base, "current"));
    const watched = watchRoot(join(base, "current"), "native");
    for (const release of ["2", "1", "2"]) {
      // oxlint-disable no-await-in-loop -- one step after the other
      symlinkSync(release, join(base, "next"));
      renameSync(join(base, "next"), join(base, "current"));
      await expect.poll(heard(watched), PATIENTLY).toEqual(["changed pkg/a.css"]);
      writeFileSync(join(base, release, "pkg/a.css"), `${release} again`);
      await expect.poll(heard(watched), PATIENTLY).toEqual(["changed pkg/a.css"]);
      writeFileSync(join(base, release, "pkg/a.css"), release);
      await expect.poll(heard(watched), PATIENTLY).toEqual(["changed pkg/a.css"]);
      // oxlint-enable no-await-in-loop
    }
  });

  it("tell of a link below a link that is switched", async () => {
    const elsewhere = makeFolder({ "1/z.css": "1", "2/x": "", "store.css": "s" });
    symlinkSync("../store.css", join(elsewhere, "2/z.css"));
    const watched = watchRoot(makeFolder({ "app.py": "x" }), "native");
    symlinkSync(join(elsewhere, "1"), watched.path("lib"));
    await expect.poll(heard(watched), PATIENTLY).toEqual(["created lib/z.css"]);
    const next = join(elsewhere, "next");
    symlinkSync(join(elsewhere, "2"), next);
    renameSync(next, watched.path("lib"));
    await expect.poll(heard(watched), PATIENTLY).toEqual(["changed lib/z.css", "created lib/x"]);
    writeFileSync(join(elsewhere, "store.css"), "ss");
    await expect.poll(heard(watched), PATIENTLY).toEqual(["changed lib/z.css"]);
  });

  it("tell of what appears where nothing was, however deep", async () => {
    const base = makeFolder();
    const watched = watchRoot(makeFolder({ "app.py": "x" }), "native");
    const file = join(base, "a/b/c/d/missing.py");
    watched.watcher.follow([file], Date.now() + 1_000);
    mkdirSync(join(base, "a"));
    mkdirSync(join(base, "a/b/c/d"), { recursive: true });
    writeFileSync(file, "1");
    await expect.poll(heard(watched), PATIENTLY).toEqual([`created ${file}`]);
  });
});

describe("a look", () => {
  it("waits for a turn that polls after it began, wherever in a turn that is", async () => {
    const { watcher, sofar, path } = watchRoot(makeFolder({ "a.css": "" }), "native");
    for (let round = 0; round < 50; round += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one save after the other
      await new Promise<void>((resolve, reject) => {
        // Called while the loop polls, when it has taken its events already.
        readFile(path("a.css"), () => {
          writeFileSync(path("a.css"), `round ${round}`);
          watcher.look().then(resolve, reject);
        });
      });
      expect(sofar()).toEqual(["changed a.css"]);
    }
  });

  it("finds a project that a folder further up has taken with it", async () => {
    const base = makeFolder({ "a/deep/project/x.css": "1", "b/deep/project/x.css": "2" });
    const { told, path } = watchRoot(join(base, "a/deep/project"), "native");
    renameSync(join(base, "a"), join(base, "c"));
    expect(await told()).toEqual(["deleted x.css"]);
    renameSync(join(base, "b"), join(base, "a"));
    expect(await told()).toEqual(["created x.css"]);
    writeFileSync(path("x.css"), "3");
    expect(await told()).toEqual(["changed x.css"]);
  });
});
