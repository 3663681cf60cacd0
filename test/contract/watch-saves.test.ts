import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeFolder } from "../support/folder.ts";
import { watchRoot, type Watched } from "../support/watched.ts";

for (const type of ["native", "stat"] as const) {
  function watch(files: Readonly<Record<string, string>>): Watched {
    return watchRoot(makeFolder(files), type);
  }

  describe(`a save, ${type}`, () => {
    it("nothing is told when nothing happens", async () => {
      const { told } = watch({ "app.py": "1", "templates/a.html": "x" });
      expect(await told()).toEqual([]);
      expect(await told()).toEqual([]);
    });

    it("truncate and write", async () => {
      const { told, path } = watch({ "app.py": "one" });
      writeFileSync(path("app.py"), "two!");
      expect(await told()).toEqual(["changed app.py"]);
      expect(await told()).toEqual([]);
    });

    it("truncate and write, the same size, many times in one tick", async () => {
      const { told, path } = watch({ "app.py": "0000" });
      for (let round = 1; round < 50; round += 1) {
        writeFileSync(path("app.py"), String(round).padStart(4, "0"));
        expect(await told()).toEqual(["changed app.py"]);
      }
    });

    it("write to a temporary file and rename, then write in place", async () => {
      const { told, path } = watch({ "pkg/app.py": "one" });
      writeFileSync(path("pkg/app.py.tmp"), "two");
      renameSync(path("pkg/app.py.tmp"), path("pkg/app.py"));
      expect(await told()).toEqual(["changed pkg/app.py"]);
      appendFileSync(path("pkg/app.py"), "\nmore");
      expect(await told()).toEqual(["changed pkg/app.py"]);
    });

    it("vim with backupcopy=no: rename away, write anew, delete the backup", async () => {
      const { told, path } = watch({ "app.py": "one" });
      writeFileSync(path("4913"), "");
      unlinkSync(path("4913"));
      renameSync(path("app.py"), path("app.py~"));
      writeFileSync(path("app.py"), "two");
      chmodSync(path("app.py"), 0o600);
      unlinkSync(path("app.py~"));
      expect(await told()).toEqual(["changed app.py"]);
    });

    it("an older modification time", async () => {
      const { told, path } = watch({ "app.py": "one", "old.py": "two" });
      utimesSync(path("old.py"), 1_000_000, 1_000_000);
      await told();
      execFileSync("cp", ["-p", path("old.py"), path("app.py")]);
      expect(await told()).toEqual(["changed app.py"]);
    });

    it("touching, opening, a mode and the same bytes are no change", async () => {
      const { told, path } = watch({ "app.py": "one" });
      utimesSync(path("app.py"), new Date(), new Date());
      expect(await told()).toEqual([]);
      chmodSync(path("app.py"), 0o600);
      expect(await told()).toEqual([]);
      closeSync(openSync(path("app.py"), "r+"));
      expect(await told()).toEqual([]);
      writeFileSync(path("app.py"), "one");
      expect(await told()).toEqual([]);
      writeFileSync(path("app.py.tmp"), "one");
      renameSync(path("app.py.tmp"), path("app.py"));
      expect(await told()).toEqual([]);
    });

    it("a folder and a file in it at once", async () => {
      const { told, path } = watch({ "app.py": "one" });
      mkdirSync(path("a/b/c"), { recursive: true });
      writeFileSync(path("a/b/c/new.py"), "1");
      expect(await told()).toEqual(["created a/b/c/new.py"]);
      writeFileSync(path("a/b/c/new.py"), "22");
      expect(await told()).toEqual(["changed a/b/c/new.py"]);
    });

    it("a folder is renamed", async () => {
      const { told, path } = watch({ "pkg/a.py": "a", "pkg/sub/b.py": "b" });
      renameSync(path("pkg"), path("lib"));
      expect(await told()).toEqual([
        "created lib/a.py",
        "created lib/sub/b.py",
        "deleted pkg/a.py",
        "deleted pkg/sub/b.py",
      ]);
      writeFileSync(path("lib/sub/b.py"), "changed");
      expect(await told()).toEqual(["changed lib/sub/b.py"]);
    });

    it("a folder is deleted and made again", async () => {
      const { told, path } = watch({ "pkg/a.py": "a", "pkg/b.py": "b" });
      rmSync(path("pkg"), { recursive: true });
      mkdirSync(path("pkg"));
      writeFileSync(path("pkg/a.py"), "other");
      expect(await told()).toEqual(["changed pkg/a.py", "deleted pkg/b.py"]);
      writeFileSync(path("pkg/a.py"), "again");
      expect(await told()).toEqual(["changed pkg/a.py"]);
    });

    it("a folder of style sheets, which only events tell of, is deleted and made again", async () => {
      const { told, path } = watch({ "pkg/a.css": "a" });
      for (let round = 0; round < 3; round += 1) {
        // oxlint-disable no-await-in-loop -- one step after the other
        rmSync(path("pkg"), { recursive: true });
        mkdirSync(path("pkg"));
        writeFileSync(path("pkg/a.css"), `other ${round}`);
        expect(await told()).toEqual(["changed pkg/a.css"]);
        writeFileSync(path("pkg/a.css"), `again ${round}`);
        expect(await told()).toEqual(["changed pkg/a.css"]);
        // oxlint-enable no-await-in-loop
      }
    });

    it("a file is deleted, and comes back as it was and as another", async () => {
      const { told, path } = watch({ "app.py": "one" });
      unlinkSync(path("app.py"));
      expect(await told()).toEqual(["deleted app.py"]);
      writeFileSync(path("app.py"), "one");
      expect(await told()).toEqual(["created app.py"]);
      unlinkSync(path("app.py"));
      writeFileSync(path("app.py"), "one");
      expect(await told()).toEqual([]);
      unlinkSync(path("app.py"));
      writeFileSync(path("app.py"), "two");
      expect(await told()).toEqual(["changed app.py"]);
    });

    it("sed -i", async () => {
      const { told, path } = watch({ "app.py": "one" });
      execFileSync("sed", ["-i", "s/one/two/", path("app.py")]);
      expect(await told()).toEqual(["changed app.py"]);
    });

    it("a write through a hard link outside", async () => {
      const elsewhere = makeFolder();
      const { told, path } = watch({ "app.py": "one" });
      linkSync(path("app.py"), join(elsewhere, "link.py"));
      expect(await told()).toEqual([]);
      writeFileSync(join(elsewhere, "link.py"), "another");
      expect(await told()).toEqual(["changed app.py"]);
    });

    it("a file is replaced by a folder and the other way round", async () => {
      const { told, path } = watch({ "thing.py": "1", "pkg/a.py": "a" });
      unlinkSync(path("thing.py"));
      mkdirSync(path("thing.py"));
      writeFileSync(path("thing.py/x.py"), "x");
      rmSync(path("pkg"), { recursive: true });
      writeFileSync(path("pkg"), "now a file");
      expect(await told()).toEqual([
        "created pkg",
        "created thing.py/x.py",
        "deleted pkg/a.py",
        "deleted thing.py",
      ]);
    });

    it("git checks out another branch, and back", async () => {
      const root = makeFolder({
        "app.py": "one",
        "same.py": "same",
        "only/main.py": "m",
        ".gitignore": "*.skip\n",
      });
      const git = (...words: string[]): void => {
        const name = ["-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "commit.gpgsign=false"];
        execFileSync("git", [...name, ...words], {
          cwd: root,
          stdio: "ignore",
          env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null" },
        });
      };
      git("init", "-b", "main");
      git("add", ".");
      git("commit", "-m", "main");
      git("checkout", "-b", "other");
      git("mv", "only", "moved");
      writeFileSync(join(root, "app.py"), "two");
      writeFileSync(join(root, "new.py"), "new");
      git("add", ".");
      git("commit", "-m", "other");
      const { told } = watchRoot(root, type);
      git("checkout", "main");
      expect(await told()).toEqual([
        "changed app.py",
        "created only/main.py",
        "deleted moved/main.py",
        "deleted new.py",
      ]);
      git("checkout", "other");
      expect(await told()).toEqual([
        "changed app.py",
        "created moved/main.py",
        "created new.py",
        "deleted only/main.py",
      ]);
    });

    it("vim itself, in both of its ways", async () => {
      const { told, path } = watch({ "app.py": "one\n" });
      for (const way of ["yes", "no"]) {
        execFileSync(
          "vim",
          [
            "-u",
            "NONE",
            "-N",
            "-es",
            "--cmd",
            `set backupcopy=${way} writebackup swapfile`,
            "-c",
            `normal Anew${way}`,
            "-c",
            "wq",
            path("app.py"),
          ],
          { stdio: "ignore" },
        );
        expect(readFileSync(path("app.py"), "utf8")).toContain(`new${way}`);
        expect(await told()).toEqual(["changed app.py"]);
      }
    });

    it("a file that grows in several writes is told with the size that it has", async () => {
      const { changes, path } = watch({ "app.py": "one" });
      writeFileSync(path("app.py"), "");
      expect(await changes()).toEqual([{ path: path("app.py"), kind: "changed", size: 0, role: "code" }]);
      writeFileSync(path("app.py"), "three");
      expect(await changes()).toEqual([{ path: path("app.py"), kind: "changed", size: 5, role: "code" }]);
    });

    it("a file is renamed over another: one change, and one deletion", async () => {
      const { told, path } = watch({ "a.py": "a", "b.py": "b" });
      renameSync(path("a.py"), path("b.py"));
      expect(await told()).toEqual(["changed b.py", "deleted a.py"]);
    });

    it("two files change places", async () => {
      const { told, path } = watch({ "a.py": "a", "b.py": "b" });
      renameSync(path("a.py"), path("c.py"));
      renameSync(path("b.py"), path("a.py"));
      renameSync(path("c.py"), path("b.py"));
      expect(await told()).toEqual(["changed a.py", "changed b.py"]);
    });

    it("two folders change places", async () => {
      const { told, path } = watch({ "one/a.py": "1", "two/a.py": "2", "one/b.py": "b" });
      renameSync(path("one"), path("three"));
      renameSync(path("two"), path("one"));
      renameSync(path("three"), path("two"));
      expect(await told()).toEqual([
        "changed one/a.py",
        "changed two/a.py",
        "created two/b.py",
        "deleted one/b.py",
      ]);
      writeFileSync(path("one/a.py"), "one");
      writeFileSync(path("two/b.py"), "two");
      expect(await told()).toEqual(["changed one/a.py", "changed two/b.py"]);
    });

    it("the whole project is moved away and comes back", async () => {
      const base = makeFolder({ "project/app.py": "1", "project/pkg/b.py": "b" });
      const { told, path } = watchRoot(join(base, "project"), type);
      renameSync(join(base, "project"), join(base, "elsewhere"));
      expect(await told()).toEqual(["deleted app.py", "deleted pkg/b.py"]);
      expect(await told()).toEqual([]);
      renameSync(join(base, "elsewhere"), join(base, "project"));
      expect(await told()).toEqual(["created app.py", "created pkg/b.py"]);
      writeFileSync(path("pkg/b.py"), "bb");
      expect(await told()).toEqual(["changed pkg/b.py"]);
    });

    it("what is larger than is read changes by its times", async () => {
      const { told, path } = watch({ "data.bin": "x".repeat(2 * 1024 * 1024) });
      appendFileSync(path("data.bin"), "y");
      expect(await told()).toEqual(["changed data.bin"]);
    });

    it("a file that cannot be read, and one that is no file", async () => {
      const { told, path } = watch({ "app.py": "one", "secret.py": "s" });
      execFileSync("mkfifo", [path("pipe.py")]);
      chmodSync(path("secret.py"), 0);
      expect(await told()).toEqual([]);
      writeFileSync(path("app.py"), "two");
      expect(await told()).toEqual(["changed app.py"]);
    });
  });
}
