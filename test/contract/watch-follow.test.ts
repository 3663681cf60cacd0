import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeFolder } from "../support/folder.ts";
import { watchRoot } from "../support/watched.ts";

/** Later than anything that was written, by the kernel's clock of ten milliseconds. */
async function later(): Promise<number> {
  const now = Date.now();
  await expect.poll(() => Date.now(), { interval: 1 }).toBeGreaterThan(now + 20);
  return Date.now();
}

for (const type of ["native", "stat"] as const) {
  describe(`files that a worker has imported, ${type}`, () => {
    it("are watched wherever they are, and nothing beside them", async () => {
      const library = makeFolder({ "lib/a.py": "a", "lib/b.py": "b", "lib/native.so": "s" });
      const { watcher, changes, told } = watchRoot(makeFolder({ "app.py": "x" }), type);
      watcher.follow([join(library, "lib/a.py"), join(library, "lib/native.so")], await later());
      writeFileSync(join(library, "lib/b.py"), "bb");
      expect(await changes()).toEqual([]);
      writeFileSync(join(library, "lib/a.py"), "aa");
      expect(await changes()).toEqual([
        { path: join(library, "lib/a.py"), kind: "changed", size: 2, role: "code" },
      ]);
      writeFileSync(join(library, "lib/native.so"), "ss");
      expect(await changes()).toEqual([
        { path: join(library, "lib/native.so"), kind: "changed", size: 2, role: "code" },
      ]);
      watcher.follow([join(library, "lib/b.py")], await later());
      writeFileSync(join(library, "lib/a.py"), "aaa");
      writeFileSync(join(library, "lib/b.py"), "bbb");
      expect(await told()).toEqual([`changed ${join(library, "lib/b.py")}`]);
    });

    it("that changed while they were imported are told before follow returns", async () => {
      const library = makeFolder({ "old.py": "o", "new.py": "n" });
      const { watcher, sofar, told } = watchRoot(makeFolder({ "app.py": "x" }), type);
      const since = await later();
      writeFileSync(join(library, "new.py"), "N");
      utimesSync(join(library, "new.py"), 1_000, 1_000);
      const files = [join(library, "old.py"), join(library, "new.py"), join(library, "missing.py")];
      watcher.follow(files, since);
      expect(sofar()).toEqual([`changed ${join(library, "new.py")}`]);
      // What has been watched since is not told twice.
      watcher.follow(files, since);
      expect(sofar()).toEqual([]);
      expect(await told()).toEqual([]);
    });

    it("that changed before the watcher was opened, but after the import began", async () => {
      const root = makeFolder({ "app.py": "1", "other.py": "o" });
      const since = await later();
      await later();
      writeFileSync(join(root, "app.py"), "2");
      const { watcher, sofar } = watchRoot(root, type);
      watcher.follow([join(root, "app.py"), join(root, "other.py")], since);
      expect(sofar()).toEqual(["changed app.py"]);
      watcher.follow([join(root, "app.py"), join(root, "other.py")], since + 1_000);
      expect(sofar()).toEqual([]);
    });

    it("that changed just before the watcher was opened, and before the import began, are not told", () => {
      const root = makeFolder({ "app.py": "1" });
      const { watcher, sofar } = watchRoot(root, type);
      watcher.follow([join(root, "app.py")], Date.now());
      expect(sofar()).toEqual([]);
    });

    it("in the project that changed meanwhile are not told a second time", async () => {
      const { watcher, told, sofar, path } = watchRoot(makeFolder({ "app.py": "1" }), type);
      const since = await later();
      writeFileSync(path("app.py"), "2");
      expect(await told()).toEqual(["changed app.py"]);
      watcher.follow([path("app.py")], since);
      expect(sofar()).toEqual([]);
    });

    it("in the project are code, whatever .gitignore says", async () => {
      const root = makeFolder({
        "app.py": "1",
        "local_settings.py": "l",
        "made/by/tool.py": "t",
        "fast.so": "f",
        ".gitignore": "local_settings.py\nmade/\n*.so\n",
      });
      const { watcher, changes, told } = watchRoot(root, type);
      writeFileSync(join(root, "made/by/tool.py"), "tt");
      writeFileSync(join(root, "local_settings.py"), "ll");
      expect(await told()).toEqual([]);
      const files = ["app.py", "local_settings.py", "made/by/tool.py", "fast.so"].map((name) =>
        join(root, name),
      );
      watcher.follow(files, await later());
      for (const path of files) {
        // oxlint-disable no-await-in-loop -- one change at a time
        writeFileSync(path, "changed");
        expect(await changes()).toEqual([{ path, kind: "changed", size: 7, role: "code" }]);
        writeFileSync(`${path}.new`, "replaced");
        renameSync(`${path}.new`, path);
        expect((await changes()).filter((change) => change.path === path)).toEqual([
          { path, kind: "changed", size: 8, role: "code" },
        ]);
        // oxlint-enable no-await-in-loop
      }
      watcher.follow([join(root, "app.py")], await later());
      writeFileSync(join(root, "local_settings.py"), "forgotten");
      expect(await told()).toEqual([]);
    });

    it("in a virtual environment of the project", async () => {
      const root = makeFolder({
        "app.py": "1",
        "env/pyvenv.cfg": "",
        "env/lib/site-packages/flask/app.py": "f",
      });
      const { watcher, told, path } = watchRoot(root, type);
      writeFileSync(path("env/lib/site-packages/flask/app.py"), "ff");
      expect(await told()).toEqual([]);
      watcher.follow([path("env/lib/site-packages/flask/app.py")], await later());
      writeFileSync(path("env/lib/site-packages/flask/app.py"), "fff");
      expect(await told()).toEqual(["changed env/lib/site-packages/flask/app.py"]);
      // pip install --upgrade: the folder goes and comes.
      rmSync(path("env/lib/site-packages/flask"), { recursive: true });
      expect(await told()).toEqual(["deleted env/lib/site-packages/flask/app.py"]);
      mkdirSync(path("env/lib/site-packages/flask"));
      writeFileSync(path("env/lib/site-packages/flask/app.py"), "2");
      expect(await told()).toEqual(["created env/lib/site-packages/flask/app.py"]);
      writeFileSync(path("env/lib/site-packages/flask/app.py"), "22");
      expect(await told()).toEqual(["changed env/lib/site-packages/flask/app.py"]);
      renameSync(path("env/lib"), path("env/old"));
      expect(await told()).toEqual(["deleted env/lib/site-packages/flask/app.py"]);
      mkdirSync(path("env/lib/site-packages/flask"), { recursive: true });
      writeFileSync(path("env/lib/site-packages/flask/app.py"), "3");
      expect(await told()).toEqual(["created env/lib/site-packages/flask/app.py"]);
      writeFileSync(path("env/lib/site-packages/flask/app.py"), "33");
      expect(await told()).toEqual(["changed env/lib/site-packages/flask/app.py"]);
    });

    it("that could not be imported because they do not exist, not even their folder", async () => {
      const base = makeFolder({ "there.txt": "" });
      const { watcher, told } = watchRoot(makeFolder({ "app.py": "1" }), type);
      const missing = join(base, "a/b/c/missing.py");
      watcher.follow([missing], await later());
      expect(await told()).toEqual([]);
      mkdirSync(join(base, "a/b/c"), { recursive: true });
      expect(await told()).toEqual([]);
      writeFileSync(missing, "1");
      expect(await told()).toEqual([`created ${missing}`]);
      writeFileSync(missing, "22");
      expect(await told()).toEqual([`changed ${missing}`]);
      rmSync(join(base, "a"), { recursive: true });
      expect(await told()).toEqual([`deleted ${missing}`]);
      mkdirSync(join(base, "a/b/c"), { recursive: true });
      writeFileSync(missing, "1");
      expect(await told()).toEqual([`created ${missing}`]);
    });

    it("through links: of the file, and of a folder above it", async () => {
      const base = makeFolder({ "1/lib/a.py": "1", "2/lib/a.py": "2", "store/b.py": "b", "links/x": "" });
      symlinkSync("1", join(base, "current"));
      symlinkSync("../store/b.py", join(base, "links/b.py"));
      const { watcher, told } = watchRoot(makeFolder({ "app.py": "x" }), type);
      const [a, b] = [join(base, "current/lib/a.py"), join(base, "links/b.py")];
      watcher.follow([a, b], await later());
      writeFileSync(join(base, "store/b.py"), "bb");
      expect(await told()).toEqual([`changed ${b}`]);
      unlinkSync(join(base, "current"));
      symlinkSync("2", join(base, "current"));
      expect(await told()).toEqual([`changed ${a}`]);
      writeFileSync(join(base, "2/lib/a.py"), "2.1");
      expect(await told()).toEqual([`changed ${a}`]);
    });

    it("from an archive: the archive is watched", async () => {
      const base = makeFolder({ "lib.zip": "PK" });
      const { watcher, told } = watchRoot(makeFolder({ "app.py": "x" }), type);
      watcher.follow([join(base, "lib.zip/pkg/__init__.py")], await later());
      execFileSync("cp", ["/dev/null", join(base, "lib.zip")]);
      expect(await told()).toEqual([`changed ${join(base, "lib.zip")}`]);
      watcher.follow([join(base, "lib.zip/pkg/__init__.py")], await later());
      writeFileSync(join(base, "lib.zip"), "PKPK");
      expect(await told()).toEqual([`changed ${join(base, "lib.zip")}`]);
    });
  });
}
