import { describe, expect, it } from "vitest";
import { describeOrigin } from "../../src/settings/origin.ts";
import { makeFolder } from "../support/folder.ts";
import { failureOf, inputsOf, settingsOf } from "../support/resolve.ts";

describe("precedence", () => {
  const file = 'app = "from_file"\nworkers = 2\n';
  const common = { WEB_CONCURRENCY: "3" };
  const own = { HIGHBALL_WORKERS: "4" };
  const flag = ["-w", "5"];

  it("takes the default where nobody says anything", async () => {
    const { values, origins } = await inputsOf([], { directory: makeFolder() });
    expect(values.workers).toBe("auto");
    expect(describeOrigin(origins.workers)).toBe("default");
  });

  it("puts a file before the default", async () => {
    const { values, origins } = await inputsOf([], { directory: makeFolder({ "highball.toml": file }) });
    expect(values.workers).toBe(2);
    expect(describeOrigin(origins.workers)).toBe("highball.toml");
  });

  it("puts a common variable before a file", async () => {
    const directory = makeFolder({ "highball.toml": file });
    const { values, origins, usedCommonVariables } = await inputsOf([], { environment: common, directory });
    expect(values.workers).toBe(3);
    expect(describeOrigin(origins.workers)).toBe("WEB_CONCURRENCY");
    expect(usedCommonVariables).toEqual(["WEB_CONCURRENCY"]);
  });

  it("puts a variable of its own before a common one", async () => {
    const directory = makeFolder({ "highball.toml": file });
    const environment = { ...common, ...own };
    const { values, origins, usedCommonVariables } = await inputsOf([], { environment, directory });
    expect(values.workers).toBe(4);
    expect(describeOrigin(origins.workers)).toBe("HIGHBALL_WORKERS");
    expect(usedCommonVariables).toEqual([]);
  });

  it("puts a flag before everything", async () => {
    const directory = makeFolder({ "highball.toml": file });
    const { values, origins } = await inputsOf(flag, { environment: { ...common, ...own }, directory });
    expect(values.workers).toBe(5);
    expect(describeOrigin(origins.workers)).toBe("-w");
  });

  it("takes the last of a flag that was given twice", async () => {
    const { values } = await inputsOf(["-w", "5", "--workers=6"], { directory: makeFolder() });
    expect(values.workers).toBe(6);
  });

  it("replaces a list whole, and does not add to it", async () => {
    const directory = makeFolder({ "highball.toml": 'bind = ["127.0.0.1:1", "127.0.0.1:2"]' });
    const { values } = await inputsOf(["-b", "127.0.0.1:3", "-b", "unix:/s"], { directory });
    expect(values.bind).toEqual(["127.0.0.1:3", "unix:/s"]);
  });

  it("keeps variables for the application from every place, the nearest first", async () => {
    const directory = makeFolder({ "highball.toml": '[env]\nA = "file"\nB = "file"\n' });
    const { values } = await inputsOf(["-e", "B=flag", "-e", "C=x=y"], { directory });
    expect(values.env).toEqual({ A: "file", B: "flag", C: "x=y" });
  });

  it("counts an empty variable as not set", async () => {
    const environment = { HIGHBALL_WORKERS: "", WEB_CONCURRENCY: "", PORT: "" };
    const { values, usedCommonVariables } = await inputsOf([], { environment, directory: makeFolder() });
    expect(values.workers).toBe("auto");
    expect(values.bind).toEqual(["127.0.0.1:8000"]);
    expect(usedCommonVariables).toEqual([]);
  });
});

describe("the application", () => {
  it.each([
    [["flag:app"], { HIGHBALL_APP: "own", FLASK_APP: "flask" }, "flag:app"],
    [[], { HIGHBALL_APP: "own", FLASK_APP: "flask" }, "own"],
    [[], { FLASK_APP: "flask" }, "flask"],
    [[], {}, "file:app"],
  ])("of %j with %j is %s", async (argv, environment, expected) => {
    const directory = makeFolder({
      "pyproject.toml": '[tool.highball]\napp = "file:app"\n',
      "wsgi.py": "",
    });
    const { settings } = await settingsOf(argv, { environment, directory });
    expect(settings.application).toBe(expected);
  });
});

describe("where to listen", () => {
  const dev = ["dev"];
  const open = { PORT: "5000" };

  it.each<[argv: string[], environment: Record<string, string>, file: string, bind: string[]]>([
    [[], {}, "", ["127.0.0.1:8000"]],
    [dev, {}, "", ["localhost:8000"]],
    [["--port", "9000"], {}, "", ["127.0.0.1:9000"]],
    [["--host", "0.0.0.0"], {}, "", ["0.0.0.0:8000"]],
    [["--host", "::1", "--port", "0"], {}, "", ["[::1]:0"]],
    [[], open, "", ["0.0.0.0:5000"]],
    [dev, open, "", ["localhost:5000"]],
    [["--host", "127.0.0.1"], open, "", ["127.0.0.1:5000"]],
    [["--port", "9000"], open, "", ["127.0.0.1:9000"]],
    [["-b", "127.0.0.1:1"], open, "", ["127.0.0.1:1"]],
    [[], { ...open, HIGHBALL_BIND: "unix:/a,127.0.0.1:2" }, "", ["unix:/a", "127.0.0.1:2"]],
    [[], {}, 'bind = "127.0.0.1:3"', ["127.0.0.1:3"]],
    [[], open, 'bind = "127.0.0.1:3"', ["0.0.0.0:5000"]],
    [[], open, 'host = "127.0.0.1"', ["127.0.0.1:5000"]],
    [["--port", "9000"], {}, 'bind = "0.0.0.0:3"', ["127.0.0.1:9000"]],
    [["--port", "9000"], { HIGHBALL_HOST: "0.0.0.0" }, "", ["0.0.0.0:9000"]],
  ])("of %j with %j and the file %j is %j", async (argv, environment, file, bind) => {
    const directory = makeFolder({ "highball.toml": file });
    const resolution = await inputsOf(argv, { environment, directory });
    expect(resolution.values.bind).toEqual(bind);
    const usesPort = bind[0]?.endsWith(":5000") ?? false;
    expect(resolution.usedCommonVariables).toEqual(usesPort ? ["PORT"] : []);
  });

  it("is not said twice at one place", async () => {
    const argv = ["--host", "0.0.0.0", "--bind", "unix:/run/app.sock"];
    const error = await failureOf(() => inputsOf(argv, { directory: makeFolder() }));
    expect(error.code).toBe("CONFLICTING_SETTINGS");
    expect(error.message).toContain('--bind "unix:/run/app.sock" and --host "0.0.0.0"');
  });

  it("may be said at two places: the nearer counts", async () => {
    const environment = { HIGHBALL_BIND: "unix:/run/app.sock" };
    const { values } = await inputsOf(["--host", "::"], { environment, directory: makeFolder() });
    expect(values.bind).toEqual(["[::]:8000"]);
  });
});

describe("debug", () => {
  it.each([
    [["dev"], {}, true],
    [["dev"], { FLASK_DEBUG: "0" }, false],
    [["dev"], { FLASK_DEBUG: "false" }, false],
    [["dev", "--debug"], { FLASK_DEBUG: "0" }, true],
    [["dev", "--no-debug"], { FLASK_DEBUG: "1" }, false],
    [[], {}, false],
    [["--debug"], {}, true],
    // Left behind in the environment of production, it must not show tracebacks to strangers.
    [[], { FLASK_DEBUG: "1" }, false],
  ])("of %j with %j is %s", async (argv, environment, expected) => {
    const { values } = await inputsOf(argv, { environment, directory: makeFolder() });
    expect(values.debug).toBe(expected);
  });
});

describe("modes", () => {
  it("differ where the table says so", async () => {
    const directory = makeFolder();
    const development = (await inputsOf(["dev"], { directory })).values;
    const production = (await inputsOf([], { directory })).values;
    expect(development).toMatchObject({ workers: 1, accessLogfile: "-", portFallback: true, debug: true });
    expect(production).toMatchObject({
      workers: "auto",
      accessLogfile: null,
      portFallback: false,
      debug: false,
    });
  });

  it("have a switch for a strict port", async () => {
    const { values } = await inputsOf(["dev", "--strict-port"], { directory: makeFolder() });
    expect(values.portFallback).toBe(false);
  });
});

describe("paths", () => {
  it("are relative to the place that gives them", async () => {
    const directory = makeFolder({ "conf/site.toml": 'pid = "site.pid"\nchdir = "../src"\n', "src/x": "" });
    const { values } = await inputsOf(
      ["-c", "conf/site.toml", "--access-logfile", "access.log", "-b", "unix:app.sock"],
      { directory },
    );
    expect(values.pid).toBe(`${directory}/conf/site.pid`);
    expect(values.chdir).toBe(`${directory}/src`);
    expect(values.accessLogfile).toBe(`${directory}/access.log`);
    expect(values.bind).toEqual([`unix:${directory}/app.sock`]);
  });

  it("must lead to a folder, for --chdir", async () => {
    const error = await failureOf(() => inputsOf(["--chdir", "nowhere"], { directory: makeFolder() }));
    expect(error.code).toBe("CHDIR_NOT_FOUND");
    expect(error.message).toMatch(/^--chdir: there is no folder ".*\/nowhere"\.$/);
  });
});

describe("resolved settings", () => {
  it("cannot be changed, at any depth", async () => {
    const { settings } = await settingsOf(["app", "-e", "A=1"], { directory: makeFolder() });
    expect(Object.isFrozen(settings)).toBe(true);
    expect(Object.isFrozen(settings.bind)).toBe(true);
    expect(Object.isFrozen(settings.env)).toBe(true);
  });

  it("say how many workers auto is", async () => {
    const { settings } = await settingsOf(["app"], { directory: makeFolder() });
    expect(settings.workers).toBeGreaterThanOrEqual(1);
  });

  it("hold none of what only shapes others", async () => {
    const { settings } = await settingsOf(["app"], { directory: makeFolder() });
    for (const name of ["host", "port", "envFile", "config"]) expect(settings).not.toHaveProperty(name);
  });
});
