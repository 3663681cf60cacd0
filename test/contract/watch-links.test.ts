import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeFolder } from "../support/folder.ts";
import { watchRoot } from "../support/watched.ts";

/** As `ln -sfn` of careful people: a new link, renamed over the old one. */
function switchLink(link: string, target: string): void {
  symlinkSync(target, `${link}.new`);
  renameSync(`${link}.new`, link);
}

for (const type of ["native", "stat"] as const) {
  describe(`symbolic links, ${type}`, () => {
    it("the project is a link that is switched to another release", async () => {
      const base = makeFolder({
        "releases/1/app.py": "one",
        "releases/1/pkg/same.py": "same",
        "releases/1/old.py": "old",
        "releases/2/app.py": "two",
        "releases/2/pkg/same.py": "same",
        "releases/2/new.py": "new",
      });
      const current = join(base, "current");
      symlinkSync("releases/1", current);
      const { told } = watchRoot(current, type);
      expect(await told()).toEqual([]);
      switchLink(current, "releases/2");
      expect(await told()).toEqual(["changed app.py", "created new.py", "deleted old.py"]);
      // The watches are those of the new release.
      writeFileSync(join(base, "releases/2/pkg/same.py"), "other");
      expect(await told()).toEqual(["changed pkg/same.py"]);
      writeFileSync(join(base, "releases/1/pkg/same.py"), "nobody");
      expect(await told()).toEqual([]);
      unlinkSync(current);
      symlinkSync("releases/1", current);
      expect(await told()).toEqual([
        "changed app.py",
        "changed pkg/same.py",
        "created old.py",
        "deleted new.py",
      ]);
    });

    it("a switch is told by itself, without a look", async () => {
      const base = makeFolder({ "1/app.py": "one", "2/app.py": "two" });
      const current = join(base, "current");
      symlinkSync("1", current);
      const { sofar } = watchRoot(current, type, { interval: 10 });
      switchLink(current, "2");
      await expect.poll(sofar).toEqual(["changed app.py"]);
    });

    it("a link further up is switched", async () => {
      const base = makeFolder({ "a/project/src/app.py": "one", "b/project/src/app.py": "two" });
      symlinkSync("a", join(base, "link"));
      const { told } = watchRoot(join(base, "link/project/src"), type);
      switchLink(join(base, "link"), "b");
      expect(await told()).toEqual(["changed app.py"]);
    });

    it("a file in the project is a link through a link", async () => {
      const elsewhere = makeFolder({ "1/config.py": "one", "2/config.py": "two" });
      symlinkSync("1", join(elsewhere, "current"));
      const root = makeFolder({ "app.py": "x" });
      symlinkSync(join(elsewhere, "current/config.py"), join(root, "config.py"));
      const { told } = watchRoot(root, type);
      expect(await told()).toEqual([]);
      writeFileSync(join(elsewhere, "1/config.py"), "1.1");
      expect(await told()).toEqual(["changed config.py"]);
      switchLink(join(elsewhere, "current"), "2");
      expect(await told()).toEqual(["changed config.py"]);
      writeFileSync(join(elsewhere, "2/config.py"), "2.1");
      expect(await told()).toEqual(["changed config.py"]);
      writeFileSync(join(elsewhere, "1/config.py"), "1.2");
      expect(await told()).toEqual([]);
      unlinkSync(join(elsewhere, "2/config.py"));
      expect(await told()).toEqual(["deleted config.py"]);
      writeFileSync(join(elsewhere, "2/config.py"), "2.2");
      expect(await told()).toEqual(["created config.py"]);
    });

    it("a folder in the project is a link to one outside", async () => {
      const elsewhere = makeFolder({ "lib/a.py": "a", "lib/sub/b.py": "b", "other/a.py": "A" });
      const root = makeFolder({ "app.py": "x" });
      symlinkSync(join(elsewhere, "lib"), join(root, "lib"));
      const { told } = watchRoot(root, type);
      writeFileSync(join(elsewhere, "lib/sub/b.py"), "bb");
      expect(await told()).toEqual(["changed lib/sub/b.py"]);
      switchLink(join(root, "lib"), join(elsewhere, "other"));
      expect(await told()).toEqual(["changed lib/a.py", "deleted lib/sub/b.py"]);
      writeFileSync(join(elsewhere, "other/new.py"), "n");
      expect(await told()).toEqual(["created lib/new.py"]);
    });

    it("links that lead in circles, to nowhere and upwards", async () => {
      const root = makeFolder({ "app.py": "x", "pkg/a.py": "a" });
      symlinkSync("..", join(root, "pkg/up"));
      symlinkSync("self.py", join(root, "self.py"));
      symlinkSync("nowhere.py", join(root, "dangling.py"));
      mkdirSync(join(root, "one"));
      mkdirSync(join(root, "two"));
      symlinkSync("../two", join(root, "one/two"));
      symlinkSync("../one", join(root, "two/one"));
      const { told } = watchRoot(root, type);
      expect(await told()).toEqual([]);
      writeFileSync(join(root, "nowhere.py"), "here");
      expect(await told()).toEqual(["created dangling.py", "created nowhere.py"]);
      rmSync(join(root, "nowhere.py"));
      expect(await told()).toEqual(["deleted dangling.py", "deleted nowhere.py"]);
    });

    it("a file becomes a link, and a file again", async () => {
      const elsewhere = makeFolder({ "x.py": "x" });
      const { told, path } = watchRoot(makeFolder({ "app.py": "1" }), type);
      switchLink(path("app.py"), join(elsewhere, "x.py"));
      expect(await told()).toEqual(["changed app.py"]);
      writeFileSync(join(elsewhere, "x.py"), "xx");
      expect(await told()).toEqual(["changed app.py"]);
      unlinkSync(path("app.py"));
      writeFileSync(path("app.py"), "3");
      expect(await told()).toEqual(["changed app.py"]);
      writeFileSync(join(elsewhere, "x.py"), "xxx");
      expect(await told()).toEqual([]);
    });

    // Style sheets are compared by no look of the native watcher: only events tell of them.
    it("into a folder of the project that is moved, and one that takes its place", async () => {
      const root = makeFolder({ "a/deep/x.css": "a", "b/deep/x.css": "b" });
      symlinkSync("a/deep/x.css", join(root, "link.css"));
      const { told, path } = watchRoot(root, type);
      renameSync(path("a"), path("c"));
      expect(await told()).toEqual(["created c/deep/x.css", "deleted a/deep/x.css", "deleted link.css"]);
      renameSync(path("b"), path("a"));
      expect(await told()).toEqual(["created a/deep/x.css", "created link.css", "deleted b/deep/x.css"]);
      writeFileSync(path("a/deep/x.css"), "other");
      expect(await told()).toEqual(["changed a/deep/x.css", "changed link.css"]);
    });

    it("into a folder outside that is moved, deleted and made again", async () => {
      const elsewhere = makeFolder({ "c/x.css": "1" });
      const { told, path } = watchRoot(makeFolder({ "app.py": "1" }), type);
      symlinkSync(join(elsewhere, "c/x.css"), path("link.css"));
      expect(await told()).toEqual(["created link.css"]);
      for (let round = 0; round < 3; round += 1) {
        // oxlint-disable no-await-in-loop -- one step after the other
        rmSync(join(elsewhere, "c"), { recursive: true });
        mkdirSync(join(elsewhere, "c"));
        writeFileSync(join(elsewhere, "c/x.css"), `new ${round}`);
        expect(await told()).toEqual(["changed link.css"]);
        writeFileSync(join(elsewhere, "c/x.css"), `newer ${round}`);
        expect(await told()).toEqual(["changed link.css"]);
        // oxlint-enable no-await-in-loop
      }
    });

    it("a style sheet becomes a link, and a folder that is one too", async () => {
      const elsewhere = makeFolder({ "x.css": "x", "lib/y.css": "y" });
      const { told, path } = watchRoot(makeFolder({ "a.css": "1", "lib/y.css": "1" }), type);
      switchLink(path("a.css"), join(elsewhere, "x.css"));
      rmSync(path("lib"), { recursive: true });
      switchLink(path("lib"), join(elsewhere, "lib"));
      expect(await told()).toEqual(["changed a.css", "changed lib/y.css"]);
      writeFileSync(join(elsewhere, "x.css"), "xx");
      writeFileSync(join(elsewhere, "lib/y.css"), "yy");
      expect(await told()).toEqual(["changed a.css", "changed lib/y.css"]);
      switchLink(path("a.css"), join(elsewhere, "lib"));
      expect(await told()).toEqual(["created a.css/y.css", "deleted a.css"]);
    });
  });
}
