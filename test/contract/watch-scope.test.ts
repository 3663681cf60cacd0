import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeFolder } from "../support/folder.ts";
import { watchRoot, type Watched } from "../support/watched.ts";

let counter = 0;

/** Writes something new to each, making folders. */
function edit({ path }: Watched, ...names: readonly string[]): void {
  for (const name of names) {
    counter += 1;
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), `edit ${counter}`);
  }
}

for (const type of ["native", "stat"] as const) {
  describe(`what is watched, ${type}`, () => {
    it("files have the roles of what they are", async () => {
      const watched = watchRoot(makeFolder({ "x/y": "" }), type, {});
      edit(
        watched,
        "a.py",
        "t/a.html",
        "s/a.css",
        "s/a.mjs",
        "s/a.svg",
        "uv.lock",
        "requirements-dev.txt",
        "README.md",
      );
      const roles = (await watched.changes()).map(({ path, role }) => `${path.split("/").at(-1)} ${role}`);
      expect(roles.toSorted()).toEqual([
        "README.md other",
        "a.css style",
        "a.html page",
        "a.mjs script",
        "a.py code",
        "a.svg page",
        "requirements-dev.txt environment",
        "uv.lock environment",
      ]);
    });

    it("environments, caches, histories and editors' temporary files are not", async () => {
      const files = {
        "app.py": "1",
        "env/pyvenv.cfg": "",
        "env/lib/a.py": "",
        "conda/conda-meta/history": "",
        "conda/a.py": "",
        "node_modules/m/a.js": "",
        ".git/config": "",
        "__pycache__/app.cpython-313.pyc": "",
        ".mypy_cache/a.json": "",
      };
      const watched = watchRoot(makeFolder(files), type);
      edit(watched, ...Object.keys(files));
      edit(
        watched,
        ".app.py.swp",
        ".app.py.swx",
        "4913",
        "app.py~",
        "#app.py#",
        ".#app.py",
        "app.py___jb_tmp___",
      );
      edit(
        watched,
        ".app.py.kate-swp",
        "sedAbC123",
        ".goutputstream-ABC123",
        ".app.py.Ab12Cd",
        "app.pyc",
        "app.log",
      );
      edit(
        watched,
        ".hg/x",
        ".svn/x",
        ".tox/py/a.py",
        ".nox/a.py",
        ".pytest_cache/v",
        ".ruff_cache/x",
        ".idea/w.xml",
      );
      expect(await watched.told()).toEqual(["changed app.py"]);
    });

    it("a virtual environment that is made meanwhile is left alone", async () => {
      const watched = watchRoot(makeFolder({ "app.py": "1" }), type);
      edit(watched, "env/lib/early.py");
      await watched.told();
      edit(watched, "env/pyvenv.cfg");
      await watched.told();
      edit(watched, "env/lib/early.py", "env/lib/late.py", "env/bin/activate.py");
      expect(await watched.told()).toEqual([]);
    });

    it("what .gitignore says holds, also further down, and above up to .git", async () => {
      const base = makeFolder({
        ".git/HEAD": "",
        ".gitignore": "*.tmp.py\n/project/build/\n",
        "project/.gitignore": "media/\n!keep.tmp.py\n",
        "project/pkg/.gitignore": "/local.py\n",
        "project/pkg/a.py": "",
      });
      const watched = watchRoot(join(base, "project"), type);
      edit(
        watched,
        "x.tmp.py",
        "keep.tmp.py",
        "build/a.py",
        "media/a.py",
        "pkg/local.py",
        "local.py",
        "pkg/media/b.py",
      );
      expect(await watched.told()).toEqual(["created keep.tmp.py", "created local.py"]);
    });

    it("a project that is ignored itself is watched", async () => {
      const base = makeFolder({ ".git/HEAD": "", ".gitignore": "scratch/\n", "scratch/app.py": "1" });
      const watched = watchRoot(join(base, "scratch"), type);
      edit(watched, "app.py");
      expect(await watched.told()).toEqual(["changed app.py"]);
    });

    it("a .gitignore that changes is no change of what it names", async () => {
      const watched = watchRoot(makeFolder({ "app.py": "1", "gen/a.py": "a", "gen/b.py": "b" }), type);
      edit(watched, "gen/a.py");
      writeFileSync(watched.path(".gitignore"), "gen/\n");
      expect(await watched.told()).toEqual(["changed gen/a.py", "created .gitignore"]);
      edit(watched, "gen/a.py", "app.py");
      expect(await watched.told()).toEqual(["changed app.py"]);
      writeFileSync(watched.path(".gitignore"), "gen/a.py\n");
      expect(await watched.told()).toEqual(["changed .gitignore"]);
      edit(watched, "gen/a.py", "gen/b.py");
      expect(await watched.told()).toEqual(["changed gen/b.py"]);
      rmSync(watched.path(".gitignore"));
      expect(await watched.told()).toEqual(["deleted .gitignore"]);
      edit(watched, "gen/a.py");
      expect(await watched.told()).toEqual(["changed gen/a.py"]);
    });

    it("roots in one another, and in an ignored folder", async () => {
      const root = makeFolder({
        "app.py": "",
        "src/a.py": "",
        "build/lib/b.py": "",
        ".gitignore": "build/\n",
      });
      const watched = watchRoot(root, type, { roots: [join(root, "build/lib"), root, join(root, "src")] });
      edit(watched, "app.py", "src/a.py", "build/lib/b.py", "build/c.py");
      expect(await watched.told()).toEqual(["changed app.py", "changed build/lib/b.py", "changed src/a.py"]);
      rmSync(watched.path("build"), { recursive: true });
      expect(await watched.told()).toEqual(["deleted build/lib/b.py"]);
      edit(watched, "build/lib/b.py");
      expect(await watched.told()).toEqual(["created build/lib/b.py"]);
      edit(watched, "build/lib/b.py");
      expect(await watched.told()).toEqual(["changed build/lib/b.py"]);
    });

    it("settings and environment files, wherever they are and before they exist", async () => {
      const elsewhere = makeFolder();
      const root = makeFolder({ "app.py": "", "highball.toml": "", ".gitignore": ".env\n" });
      const watched = watchRoot(root, type, {
        settingsFiles: [join(root, "highball.toml"), join(root, "pyproject.toml")],
        environmentFiles: [join(root, ".env"), join(elsewhere, "secrets/.env")],
      });
      edit(watched, "highball.toml", "pyproject.toml", ".env");
      mkdirSync(join(elsewhere, "secrets"));
      writeFileSync(join(elsewhere, "secrets/.env"), "A=1");
      const changes = await watched.changes();
      expect(
        changes.map(({ path, kind, role }) => `${kind} ${path.replace(`${root}/`, "")} ${role}`).toSorted(),
      ).toEqual(
        [
          "changed highball.toml settings",
          "created .env environment",
          `created ${elsewhere}/secrets/.env environment`,
          "created pyproject.toml settings",
        ].toSorted(),
      );
      writeFileSync(join(elsewhere, "secrets/.env"), "A=2");
      expect(await watched.told()).toEqual([`changed ${elsewhere}/secrets/.env`]);
    });

    it("extra files, folders and globs, whatever .gitignore says, and before they exist", async () => {
      const elsewhere = makeFolder({ "conf/deep/a.ini": "" });
      const root = makeFolder({
        "app.py": "",
        "data/rules.json": "",
        ".gitignore": "data/\nlater/\n*.yaml\n",
      });
      const watched = watchRoot(root, type, {
        extra: [
          join(elsewhere, "conf"),
          "data/*.json",
          "*.yaml",
          "later/file.txt",
          "later/folder",
          "./top.cfg",
        ],
      });
      const extras = async (): Promise<readonly string[]> =>
        (await watched.changes())
          .filter(({ role }) => role === "extra")
          .map(({ kind, path }) => `${kind} ${path.replace(`${root}/`, "").replace(elsewhere, "ELSEWHERE")}`)
          .toSorted();
      writeFileSync(join(elsewhere, "conf/deep/a.ini"), "a");
      edit(
        watched,
        "data/rules.json",
        "data/no.txt",
        "data/deep/no.json",
        "pkg/deep/x.yaml",
        "top.cfg",
        "pkg/top.cfg",
      );
      expect(await extras()).toEqual([
        "changed ELSEWHERE/conf/deep/a.ini",
        "changed data/rules.json",
        "created pkg/deep/x.yaml",
        "created top.cfg",
      ]);
      edit(watched, "later/file.txt", "later/other.txt", "later/folder/a/b.txt");
      expect(await extras()).toEqual(["created later/file.txt", "created later/folder/a/b.txt"]);
      edit(watched, "later/folder/a/b.txt", "data/rules.json");
      expect(await extras()).toEqual(["changed data/rules.json", "changed later/folder/a/b.txt"]);
      rmSync(join(elsewhere, "conf"), { recursive: true });
      expect(await extras()).toEqual(["deleted ELSEWHERE/conf/deep/a.ini"]);
      mkdirSync(join(elsewhere, "conf"));
      writeFileSync(join(elsewhere, "conf/new.ini"), "n");
      expect(await extras()).toEqual(["created ELSEWHERE/conf/new.ini"]);
    });

    it("extra folders and globs above the project", async () => {
      const base = makeFolder({ "shared/a.ini": "", "project/app.py": "", "project/t/a.html": "" });
      const root = join(base, "project");
      const watched = watchRoot(root, type, { extra: [`${base}/**/*.ini`] });
      writeFileSync(join(base, "shared/a.ini"), "a");
      edit(watched, "app.py", "t/a.html", "t/b.ini");
      const roles = (await watched.changes()).map(
        ({ path, role }) => `${path.replace(`${base}/`, "")} ${role}`,
      );
      const expected = [
        "project/app.py code",
        "project/t/a.html page",
        "project/t/b.ini extra",
        "shared/a.ini extra",
      ];
      expect(roles.toSorted()).toEqual(expected);
      // The project as a new folder of the watched one above it.
      renameSync(root, join(base, "away"));
      await watched.changes();
      renameSync(join(base, "away"), root);
      const again = (await watched.changes()).map(
        ({ kind, path, role }) => `${kind} ${path.replace(`${base}/`, "")} ${role}`,
      );
      const back = ["project/app.py code", "project/t/a.html page", "project/t/b.ini extra"];
      expect(again.toSorted().slice(0, 3)).toEqual(back.map((line) => `created ${line}`));
    });

    it("a name with brackets that exists is no pattern", async () => {
      const root = makeFolder({ "[id].txt": "1", "i.txt": "1" });
      const watched = watchRoot(root, type, { extra: [join(root, "[id].txt")] });
      edit(watched, "[id].txt", "i.txt");
      const roles = (await watched.changes()).map(
        ({ path, role }) => `${path.replace(`${root}/`, "")} ${role}`,
      );
      expect(roles.toSorted()).toEqual(["[id].txt extra", "i.txt other"]);
    });

    it("what is excluded is not watched, whoever names it", async () => {
      const elsewhere = makeFolder({ "lib/a.py": "", "lib/b.py": "" });
      const root = makeFolder({
        "app.py": "",
        "made/a.py": "",
        "pkg/generated_x.py": "",
        "pkg/made/b.py": "",
      });
      const watched = watchRoot(root, type, {
        exclude: ["made", "pkg/generated_*.py", join(elsewhere, "lib/b*"), "*.ini"],
        extra: ["x.ini", "made"],
        environmentFiles: [join(root, "e.ini")],
      });
      watched.watcher.follow(
        [join(elsewhere, "lib/a.py"), join(elsewhere, "lib/b.py"), join(root, "made/a.py")],
        Date.now(),
      );
      watched.sofar();
      edit(watched, "app.py", "made/a.py", "pkg/generated_x.py", "pkg/made/b.py", "x.ini", "e.ini");
      writeFileSync(join(elsewhere, "lib/a.py"), "a");
      writeFileSync(join(elsewhere, "lib/b.py"), "b");
      expect(await watched.told()).toEqual([`changed ${elsewhere}/lib/a.py`, "changed app.py"].toSorted());
    });

    it("a root that does not exist yet", async () => {
      const base = makeFolder();
      const watched = watchRoot(join(base, "later/project"), type);
      expect(await watched.told()).toEqual([]);
      mkdirSync(join(base, "draft/pkg"), { recursive: true });
      writeFileSync(join(base, "draft/pkg/a.py"), "a");
      mkdirSync(join(base, "later"));
      renameSync(join(base, "draft"), join(base, "later/project"));
      expect(await watched.told()).toEqual(["created pkg/a.py"]);
      edit(watched, "pkg/a.py");
      expect(await watched.told()).toEqual(["changed pkg/a.py"]);
    });
  });
}
