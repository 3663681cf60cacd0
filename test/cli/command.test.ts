import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inputNames, rowOf } from "../../src/settings/table.ts";
import { repository } from "../support/environment.ts";
import { makeFolder } from "../support/folder.ts";
import { runCli } from "../support/run-cli.ts";

describe("highball --help", () => {
  it("shows every flag, on standard output, in eighty columns", async () => {
    const { exitCode, stdout, stderr } = await runCli(["--help"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const flags = inputNames.flatMap((name) => rowOf(name).flags.slice(0, 2));
    const shown = (flag: string) =>
      new RegExp(`[ ,]${flag.replace(/^--/, "--(?:\\[no-\\])?")}\\b`).test(stdout);
    // Second spellings are other servers', which the reference lists.
    const second = [
      "--limit-request-field_size",
      "--debugger",
      "--extra-files",
      "--exclude-patterns",
      "--log-file",
    ];
    expect(flags.filter((flag) => !shown(flag))).toEqual(second);
    expect(stdout.split("\n").filter((line) => line.length > 79)).toEqual([]);
  });

  it.each(["help", "-h", "dev --help", "config --help", "help config"])(
    "is the same for %s",
    async (line) => {
      const [here, there] = await Promise.all([runCli(line.split(" ")), runCli(["--help"])]);
      expect(here).toEqual(there);
    },
  );

  it("ends quietly when its reader has gone", () => {
    const script = `"${process.execPath}" bin/highball.js --help | head -1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", script], { cwd: repository, encoding: "utf8" });
    expect(stdout).toMatch(/^Highball serves.*\n0\n$/);
    expect(stderr).toBe("");
  });
});

describe("highball --version", () => {
  it.each(["--version", "-V"])("is the package's, for %s", async (flag) => {
    const manifest = readFileSync(join(repository, "package.json"), "utf8");
    const { exitCode, stdout } = await runCli([flag]);
    expect(exitCode).toBe(0);
    expect(manifest).toContain(`"version": "${stdout.trim().replace("highball ", "")}"`);
  });
});

describe("highball config", () => {
  it("prints every value and where it came from", async () => {
    const cwd = makeFolder({ "highball.toml": "threads = 3\n", "app.py": "" });
    const env = { WEB_CONCURRENCY: "2", HIGHBALL_KEEP_ALIVE: "5" };
    const { exitCode, stdout } = await runCli(["config", "--backlog", "9"], { cwd, env });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^# highball, for production; settings file ${cwd}/highball.toml$`, "m"),
    );
    expect(stdout).toMatch(/^app = "auto" +# default; app\.py here$/m);
    expect(stdout).toMatch(/^workers = 2 +# WEB_CONCURRENCY$/m);
    expect(stdout).toMatch(/^threads = 3 +# highball\.toml$/m);
    expect(stdout).toMatch(/^keep-alive = 5 +# HIGHBALL_KEEP_ALIVE$/m);
    expect(stdout).toMatch(/^backlog = 9 +# --backlog$/m);
    expect(stdout).toMatch(/^log-level = "info" +# default$/m);
  });

  it("prints development's values for config dev", async () => {
    const { stdout } = await runCli(["config", "dev"], { cwd: makeFolder() });
    expect(stdout).toMatch(/^bind = \["localhost:8000"\] /m);
    expect(stdout).toMatch(/^app = "auto" +# default; none found$/m);
  });

  it("prints what a settings file can hold: it comes to the same again", async () => {
    const flags = ["-b", "unix:/run/a.sock", "-b", "[::1]:80", "--threads", "3", "--access-logfile", "-"];
    const first = await runCli(["config", ...flags, "--limit-request-body", "10M", "--debug", "site:app"]);
    const cwd = makeFolder({ "highball.toml": first.stdout });
    const second = await runCli(["config"], { cwd });
    expect(assignments(second.stdout)).toEqual(assignments(first.stdout));
  });

  it("keeps the values of the application's variables to itself", async () => {
    const { stdout } = await runCli(["config", "-e", "SECRET_KEY=hunter2"], { cwd: makeFolder() });
    expect(stdout).toMatch(/^# env: SECRET_KEY +# -e; values not shown$/m);
    expect(stdout).not.toContain("hunter2");
  });
});

describe("highball --check", () => {
  const good = { "app.py": "this is not even Python" };

  it.each([["--check"], ["dev --check"], ["config --check"], ["--check-config app:app"]])(
    "stops after checking: %s",
    async (line) => {
      const result = await runCli(line.split(" "), { cwd: makeFolder(good) });
      expect(result).toEqual({ exitCode: 0, stdout: "The settings are good.\n", stderr: "" });
    },
  );

  it.each([["--check"], ["dev --check"], ["config --check"]])(
    "exits 2 when they are not: %s",
    async (line) => {
      const cwd = makeFolder({ ...good, "highball.toml": "threads = 0\n" });
      const { exitCode, stdout, stderr } = await runCli(line.split(" "), { cwd });
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
      expect(stderr).toContain(`threads in ${cwd}/highball.toml: 0 is too small; the least is 1.`);
    },
  );
});

describe("the PIN of the debugger", () => {
  it("is checked, and said to be there but not what it is, by what shows settings", async () => {
    const cwd = makeFolder({ "app.py": "" });
    const run = (line: string, pin: string) =>
      runCli(line.split(" "), { cwd, env: { HIGHBALL_DEBUG_PIN: pin } });
    const [checked, production, shown, off, wrong] = await Promise.all([
      run("dev --check", "12"),
      run("--check", "12"),
      run("config dev", "31415926"),
      run("config dev", "off"),
      run("config dev", "12"),
    ]);
    expect(checked).toMatchObject({ exitCode: 2, stdout: "" });
    expect(checked.stderr).toContain("error: HIGHBALL_DEBUG_PIN is neither off nor 4 to 32 digits");
    expect(production.exitCode).toBe(0);
    expect(shown.stdout).toMatch(/^debug = true +# default; PIN of HIGHBALL_DEBUG_PIN$/m);
    expect(shown.stdout).not.toContain("31415926");
    expect(off.stdout).toMatch(/^debug = true +# default; without a PIN, by HIGHBALL_DEBUG_PIN$/m);
    expect(wrong.stdout).toMatch(/^debug = true +# default; no good HIGHBALL_DEBUG_PIN$/m);
  });
});

describe("an error", () => {
  it("is one line that says what, and one to type next", async () => {
    const { exitCode, stdout, stderr } = await runCli(["--wokers", "4"]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toBe("error: There is no flag --wokers.\n  Did you mean --workers?\n");
  });

  it.each<[what: string, argv: string[], files: Record<string, string>, exitCode: number]>([
    ["no application", [], {}, 4],
    ["an unknown flag", ["--zebra"], {}, 2],
    ["a bad value", ["-w", "x"], {}, 2],
    ["a broken file", [], { "highball.toml": "[" }, 2],
    ["no such folder", ["--chdir", "x"], {}, 2],
    ["no such interpreter", ["--python", "./nope", "app"], {}, 1],
    ["a pid file that is none", ["--pid", "notes", "app"], { notes: "Dear diary" }, 1],
  ])("has its exit code: %s", async (_what, argv, files, exitCode) => {
    const result = await runCli(argv, { cwd: makeFolder(files) });
    expect(result.exitCode).toBe(exitCode);
    expect(result.stdout).toBe("");
    expect(result.stderr).toMatch(/^error: /);
  });

  it("tells a variable that names no setting", async () => {
    const { exitCode, stderr } = await runCli(["config"], { env: { HIGHBALL_THREAD: "2" } });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("Did you mean HIGHBALL_THREADS?");
  });
});

describe("colours", () => {
  const escape = "\u001B[";
  it("are for terminals", async () => {
    expect(onTerminal({})).toContain(`${escape}31m`);
    const { stderr } = await runCli(["--zebra"], { env: { NO_COLOR: undefined } });
    expect(stderr).not.toContain(escape);
  });

  it("are not for those who say NO_COLOR, or have a dumb terminal", () => {
    expect(onTerminal({ NO_COLOR: "1" })).not.toContain(escape);
    expect(onTerminal({ TERM: "dumb" })).not.toContain(escape);
  });

  it("are forced with FORCE_COLOR", async () => {
    const { stderr } = await runCli(["--zebra"], { env: { FORCE_COLOR: "1" } });
    expect(stderr).toContain(`${escape}31m`);
  });
});

/** The lines that set something, without their comments. */
function assignments(config: string): string[] {
  const lines = config.split("\n").filter((line) => !line.startsWith("#"));
  return lines.map((line) => line.replace(/ +#.*$/, ""));
}

/** What `highball --zebra` writes to a terminal. */
function onTerminal(env: Readonly<Record<string, string>>): string {
  const command = [process.execPath, join(repository, "bin/highball.js"), "--zebra"];
  const program = "import pty, sys; pty.spawn(sys.argv[1:])";
  const { PATH, HOME } = process.env;
  const options = { encoding: "utf8", env: { PATH, HOME, TERM: "xterm", ...env } } as const;
  return spawnSync("python3", ["-c", program, ...command], options).stdout;
}
