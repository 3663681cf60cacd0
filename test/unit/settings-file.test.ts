import { chmodSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { makeFolder } from "../support/folder.ts";
import { failureOf, inputsOf } from "../support/resolve.ts";

describe("a settings file", () => {
  it("is highball.toml before pyproject.toml", async () => {
    const directory = makeFolder({
      "highball.toml": "threads = 2",
      "pyproject.toml": "[tool.highball]\nthreads = 3\n",
    });
    const resolution = await inputsOf([], { directory });
    expect(resolution.values.threads).toBe(2);
    expect(resolution.file).toBe(`${directory}/highball.toml`);
  });

  it("is the table of pyproject.toml", async () => {
    const directory = makeFolder({
      "pyproject.toml": '[project]\nname = "x"\n\n[tool.highball]\nthreads = 3\n',
    });
    expect((await inputsOf([], { directory })).values.threads).toBe(3);
  });

  it("is looked for in the folder that --chdir names", async () => {
    const directory = makeFolder({ "site/highball.toml": "threads = 3", "highball.toml": "threads = 2" });
    expect((await inputsOf(["--chdir", "site"], { directory })).values.threads).toBe(3);
  });

  it("is the one that --config names, or HIGHBALL_CONFIG", async () => {
    const directory = makeFolder({ "other.toml": "threads = 5", "highball.toml": "threads = 2" });
    expect((await inputsOf(["-c", "other.toml"], { directory })).values.threads).toBe(5);
    const environment = { HIGHBALL_CONFIG: "other.toml" };
    expect((await inputsOf([], { directory, environment })).values.threads).toBe(5);
  });

  it("may write its keys with underscores, and lists as one text", async () => {
    const directory = makeFolder({
      "highball.toml": 'keep_alive = 5\nlimit_request_field_size = 100\npythonpath = "a,b"\n',
    });
    expect((await inputsOf([], { directory })).values).toMatchObject({
      keepAlive: 5,
      limitRequestFieldSize: 100,
      pythonpath: [`${directory}/a`, `${directory}/b`],
    });
  });

  it("is left alone when it is another project's pyproject.toml, valid or not", async () => {
    const directory = makeFolder({ "pyproject.toml": "[tool.black\n" });
    expect((await inputsOf([], { directory })).file).toBeUndefined();
  });
});

describe("a settings file with a mistake", () => {
  it("tells an unknown key, and the nearest", async () => {
    const directory = makeFolder({ "pyproject.toml": "[tool.highball]\nworker = 2\n" });
    const error = await failureOf(() => inputsOf([], { directory }));
    expect(error).toMatchObject({
      code: "UNKNOWN_KEY",
      exitCode: 2,
      message: `The key "worker" in "${directory}/pyproject.toml" names no setting.`,
      hint: "Did you mean workers?",
    });
  });

  it("tells an unknown key that is near nothing", async () => {
    const directory = makeFolder({ "highball.toml": "zebra = 2\n" });
    const error = await failureOf(() => inputsOf([], { directory }));
    expect(error.hint).toBe("See every setting: highball config");
  });

  it("may not name the next file", async () => {
    const directory = makeFolder({ "highball.toml": 'config = "other.toml"\n' });
    expect((await failureOf(() => inputsOf([], { directory }))).code).toBe("UNKNOWN_KEY");
  });

  it("shows line and column of what is not TOML", async () => {
    const directory = makeFolder({ "highball.toml": 'threads = 2\nbind = "127.0.0.1:8000\n' });
    const error = await failureOf(() => inputsOf([], { directory }));
    expect(error.code).toBe("CONFIG_SYNTAX");
    expect(error.message).toMatch(
      /^\/.*\/highball\.toml:2:\d+: the settings file is not valid TOML: \w.*\w\.$/,
    );
    expect(error.hint).toMatch(/^1:  threads = 2\n2:  bind = "127\.0\.0\.1:8000\n +\^$/);
  });

  it("is told when it is gunicorn's, in Python", async () => {
    const directory = makeFolder({ "gunicorn.conf.py": "workers = 4\n" });
    const error = await failureOf(() => inputsOf(["-c", "gunicorn.conf.py"], { directory }));
    expect(error.code).toBe("CONFIG_SYNTAX");
    expect(error.message).toContain("is Python, not TOML");
  });

  it("is told when it is missing, or a folder", async () => {
    const directory = makeFolder({ "folder/x": "" });
    const missing = await failureOf(() => inputsOf(["-c", "missing.toml"], { directory }));
    expect(missing.code).toBe("CONFIG_UNREADABLE");
    expect(missing.message).toBe(
      `Cannot read the settings file "${directory}/missing.toml": there is no such file.`,
    );
    const folder = await failureOf(() => inputsOf(["-c", "folder"], { directory }));
    expect(folder.message).toContain("it is a folder");
  });

  it.skipIf(process.getuid?.() === 0)("is told when it may not be read", async () => {
    const directory = makeFolder({ "highball.toml": "" });
    chmodSync(`${directory}/highball.toml`, 0);
    const error = await failureOf(() => inputsOf([], { directory }));
    expect(error.message).toContain("permission denied");
  });

  it("is told when its table is none", async () => {
    const directory = makeFolder({ "pyproject.toml": "[tool]\nhighball = 3\n" });
    const error = await failureOf(() => inputsOf([], { directory }));
    expect(error.message).toBe(`tool.highball in "${directory}/pyproject.toml" is not a table.`);
  });

  it("is not one because it mentions Highball", async () => {
    const directory = makeFolder({ "pyproject.toml": '[project]\ndependencies = ["highball"]\n' });
    expect((await inputsOf([], { directory })).file).toBeUndefined();
  });
});
