import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openWatcher, type WatchOptions } from "../../src/reload/open-watcher.ts";
import type { Change, Watcher } from "../../src/reload/watcher.ts";
import { makeFolder } from "../support/folder.ts";

interface Watched {
  readonly root: string;
  readonly watcher: Watcher;
  /** Takes a look. @returns `kind path` of what was told since the call before, paths from the root */
  told(): Promise<readonly string[]>;
  changes(): Promise<readonly Change[]>;
  path(name: string): string;
}

const silent = { debug() {}, info() {}, warning() {}, error() {} };

type Differences = Partial<WatchOptions>;

for (const type of ["native", "stat"] as const) {
  function watch(
    files: Readonly<Record<string, string>>,
    differences: (root: string) => Differences = () => ({}),
  ): Watched {
    const root = makeFolder(files);
    return watchFolder(root, differences(root));
  }

  function watchFolder(root: string, differences: Differences = {}): Watched {
    let gathered: Change[] = [];
    const watcher = openWatcher(
      {
        roots: [root],
        extra: [],
        exclude: [],
        environmentFiles: [],
        settingsFiles: [],
        type,
        // Only looks are tested here: they must not need the sweeps between.
        interval: 3_600_000,
        log: silent,
        ...differences,
      },
      (changes) => gathered.push(...changes),
    );
    onTestFinished(() => watcher.close());
    const changes = async (): Promise<readonly Change[]> => {
      await watcher.look();
      const all = gathered;
      gathered = [];
      return all;
    };
    return {
      root,
      watcher,
      changes,
      told: async () =>
        (await changes()).map(({ kind, path }) => `${kind} ${path.replace(`${root}/`, "")}`).toSorted(),
      path: (name) => join(root, name),
    };
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
  });
}
