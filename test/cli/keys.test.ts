import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { browserCommands } from "../../src/cli/open-browser.ts";
import { devCommand, openDevTerminal, untilKeysWork } from "../support/dev-terminal.ts";
import { python } from "../support/environment.ts";
import { makeFolder } from "../support/folder.ts";
import { stateOf, until } from "../support/processes.ts";
import { openTerminal } from "../support/terminal.ts";

const application = `
print("the application is loaded")

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]
`;

const HELP = /h {2}shows this/;

describe("keys of the terminal", () => {
  it("are listed by h and ?, and an unknown one says so in a line", async () => {
    const terminal = await openDevTerminal(makeFolder({ "app.py": application }));
    await terminal.expect(/, h and Enter for help\./);
    for (const key of ["h", "?", " H "]) {
      terminal.type(`${key}\n`);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await terminal.expect(
        / {2}r {2}loads[^\n]*\n {2}o {2}opens[^\n]*\n {2}d {2}opens[^\n]*\n {2}p {2}looks[^\n]*\n {2}e {2}sends[^\n]*\n {2}u {2}shows[^\n]*\n {2}c {2}clears[^\n]*\n {2}h {2}shows[^\n]*\n {2}q {2}stops/,
      );
    }
    terminal.type("\n\nhelp\n");
    await terminal.expect(/\n {2}"help" is not a key here\. h and Enter shows them\.\r\n/);
    expect(terminal.shown().match(/is not a key/g)).toHaveLength(1);
    terminal.type(`${"x".repeat(100)}\n`);
    await terminal.expect(/"x{20}…" is not a key here/);
  });

  it("r loads the application again", async () => {
    const terminal = await openDevTerminal(makeFolder({ "app.py": application }));
    terminal.type("r\n");
    await terminal.expect(/ \* Restarting with[^]*the application is loaded/);
    expect(await (await fetch(terminal.url)).text()).toBe("hello");
  });

  it("o opens the first address in the browser, and names it where there is none", async () => {
    const cwd = makeFolder({ "app.py": application, browser: '#!/bin/sh\necho "$@" > opened\n' });
    chmodSync(join(cwd, "browser"), 0o755);
    const env = { BROWSER: `nothing-like-it:${join(cwd, "browser")} --new %s now` };
    const terminal = await openDevTerminal(cwd, { env });
    terminal.type("o\n");
    await until(() => readText(join(cwd, "opened")) === `--new ${terminal.url} now\n`);
    const without = await openDevTerminal(cwd, { env: { BROWSER: "false" } });
    without.type("o\n");
    const [, named] = await without.expect(/No browser could be started\. The address is (http:\/\/\S+)\r\n/);
    expect(named).toBe(without.url);
  });

  it("c clears the screen", async () => {
    const terminal = await openDevTerminal(makeFolder({ "app.py": application }));
    terminal.type("c\n");
    // oxlint-disable-next-line no-control-regex -- a terminal's own language
    const [cleared] = await terminal.expect(/c\r\n\u001B\[2J\u001B\[3J\u001B\[H/);
    expect(cleared).toBeDefined();
  });

  it("q stops the server as Ctrl+C does", async () => {
    const terminal = await openDevTerminal(makeFolder({ "app.py": application }));
    terminal.type("q\n");
    await terminal.expect(/ {2}Stopping\./);
    expect(await terminal.exited).toBe(0);
  });

  it("go on after Ctrl+D, which ends input elsewhere", async () => {
    const terminal = await openDevTerminal(makeFolder({ "app.py": application }));
    terminal.type("\u0004");
    await untilKeysWork(terminal);
    expect(await (await fetch(terminal.url)).text()).toBe("hello");
  });
});

describe("keys are off", () => {
  it.each([
    ["output is no terminal", '"$@" | cat'],
    ["errors are written to a file", '"$@" 2> errors'],
    ["input is no terminal", '"$@" < /dev/null'],
    ["nothing is reloaded", '"$@" --no-reload'],
  ])("where %s", async (_where, line) => {
    const cwd = makeFolder({ "app.py": application });
    const terminal = openTerminal(["sh", "-c", line, "sh", ...devCommand], {
      cwd,
      env: { HIGHBALL_PYTHON: python },
    });
    const said = (): string => terminal.shown() + readText(join(cwd, "errors"));
    await until(() => said().includes("Press Ctrl+C to stop."), 20_000);
    const [url = ""] = /http:\/\/\S+/.exec(said()) ?? [];
    terminal.type("q\nh\n");
    expect(await (await fetch(url)).text()).toBe("hello");
    expect(said()).not.toMatch(HELP);
  });

  it("in the background, where reading would stop the server, and come back with the terminal", async () => {
    const terminal = await openDevTerminal(makeFolder({ "app.py": application }), { background: true });
    terminal.type("h\nr\n");
    expect(await (await fetch(terminal.url)).text()).toBe("hello");
    expect(stateOf(terminal.pid())?.state).not.toBe("T");
    expect(terminal.shows(/Restarting|shows this/)).toBe(false);
    terminal.foreground(true);
    await untilKeysWork(terminal);
  });

  it("after Ctrl+Z and bg, and come back with fg", async () => {
    const terminal = await openDevTerminal(makeFolder({ "app.py": application }));
    await untilKeysWork(terminal);
    terminal.type("\u001A");
    await until(() => stateOf(terminal.pid())?.state === "T");
    terminal.foreground(false);
    await terminal.modes(); // by now it is taken away
    process.kill(-terminal.pid(), "SIGCONT");
    expect(await (await fetch(terminal.url)).text()).toBe("hello");
    terminal.type("r\n");
    expect(await (await fetch(terminal.url)).text()).toBe("hello");
    expect(stateOf(terminal.pid())?.state).not.toBe("T");
    expect(terminal.shows(/Restarting/)).toBe(false);
    terminal.foreground(true);
    await untilKeysWork(terminal);
  });
});

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

describe("the browser", () => {
  const url = "http://localhost:8000";
  it.each([
    [{ DISPLAY: ":0" }, "linux", ["xdg-open http://localhost:8000"]],
    [{ WAYLAND_DISPLAY: "wayland-0" }, "linux", ["xdg-open http://localhost:8000"]],
    // Without a screen xdg-open would start a browser in this very terminal.
    [{}, "linux", []],
    [
      { WSL_DISTRO_NAME: "Debian", DISPLAY: ":0" },
      "linux",
      ["wslview http://localhost:8000", "rundll32.exe url.dll,FileProtocolHandler http://localhost:8000"],
    ],
    [{}, "darwin", ["open http://localhost:8000"]],
    [{}, "win32", ["rundll32.exe url.dll,FileProtocolHandler http://localhost:8000"]],
    [
      { BROWSER: "firefox -P dev:lynx %s -x" },
      "darwin",
      ["firefox -P dev http://localhost:8000", "lynx http://localhost:8000 -x", "open http://localhost:8000"],
    ],
    [
      { BROWSER: String.raw`C:\fox.exe; ` },
      "win32",
      [
        String.raw`C:\fox.exe http://localhost:8000`,
        "rundll32.exe url.dll,FileProtocolHandler http://localhost:8000",
      ],
    ],
  ] as const)("is chosen by %o on %s", (environment, platform, expected) => {
    const commands = browserCommands(url, environment, platform);
    expect(commands.map((command) => command.join(" "))).toEqual(expected);
  });
});
