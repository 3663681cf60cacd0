import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { devCommand, type DevTerminal, openDevTerminal, untilKeysWork } from "../support/dev-terminal.ts";
import { python } from "../support/environment.ts";
import { makeFolder } from "../support/folder.ts";
import { isAlive, survivors } from "../support/processes.ts";
import { openTerminal } from "../support/terminal.ts";

/** Stops where the path says so, and answers with `version`. */
function application(version: string): string {
  return `
import os

version = ${JSON.stringify(version)}

def app(environ, start_response):
    path, who = environ["PATH_INFO"], environ["QUERY_STRING"]
    if path == "/debug":
        breakpoint()
        version
    elif path == "/twice":
        breakpoint()
        breakpoint()
    elif path == "/ask":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [input("Your name: ").encode()]
    elif path == "/who":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [str(os.getpid()).encode()]
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [version.encode()]
`;
}

function project(version = "first"): string {
  return makeFolder({ "app.py": application(version) });
}

const PDB = /\(Pdb\) /;

/** Without the lines of the access log, which may come in the middle of a prompt. */
function start(cwd: string, ...words: readonly string[]): Promise<DevTerminal> {
  return openDevTerminal(cwd, { words: ["--access-logfile", "access.log", ...words] });
}

/** Sends a request that stops at a breakpoint; resolves when the prompt is there, to what will be the response. */
async function debug(
  terminal: DevTerminal,
  path = "/debug",
): Promise<{ readonly response: Promise<Response> }> {
  const response = fetch(`${terminal.url}${path}`);
  response.catch(() => {}); // some are cut
  await terminal.expect(PDB);
  return { response };
}

describe("at a breakpoint", () => {
  it("what is typed is the debugger's, to the last line", async () => {
    const terminal = await start(project());
    await untilKeysWork(terminal);
    const { response } = await debug(terminal);
    for (const line of ["h", "p version * 2", "c"]) {
      terminal.type(`${line}\n`);
      // oxlint-disable-next-line no-await-in-loop -- a dialogue
      if (line !== "c") await terminal.expect(PDB);
    }
    expect((await response).status).toBe(200);
    expect(terminal.shown()).toContain("'firstfirst'");
    expect(terminal.shown()).toContain("Documented commands");
    await untilKeysWork(terminal);
  });

  it("what was typed for it, and came too late, is no key", async () => {
    const terminal = await start(project());
    const { response } = await debug(terminal);
    terminal.type("c\nq\nr\nq\n");
    expect((await response).status).toBe(200);
    await untilKeysWork(terminal);
    expect(terminal.shown()).not.toMatch(/Stopping|Restarting/);
  });

  it("there may be one after another, and input() asks too", async () => {
    const terminal = await start(project());
    const { response } = await debug(terminal, "/twice");
    terminal.type("c\n");
    await terminal.expect(PDB);
    terminal.type("c\n");
    expect((await response).status).toBe(200);
    const answer = fetch(`${terminal.url}/ask`);
    await terminal.expect(/Your name: /);
    terminal.type("q\n");
    expect(await (await answer).text()).toBe("q");
    await untilKeysWork(terminal);
  });

  it("requests take turns", async () => {
    const terminal = await start(project());
    const responses = ["one", "two", "three"].map((who) => fetch(`${terminal.url}/debug?${who}`));
    const seen: string[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      /* oxlint-disable no-await-in-loop -- a dialogue */
      await terminal.expect(PDB);
      terminal.type("p who\n");
      const [, who = ""] = await terminal.expect(/'(\w+)'\s+\(Pdb\) /);
      terminal.type("p who * 2\n");
      await terminal.expect(new RegExp(String.raw`'${who}${who}'\s+\(Pdb\) `));
      terminal.type("c\n");
      seen.push(who);
      /* oxlint-enable no-await-in-loop */
    }
    expect(seen.toSorted()).toEqual(["one", "three", "two"]);
    const statuses = (await Promise.all(responses)).map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 200]);
  });

  it.each([
    ["q", "q\n"],
    ["Ctrl+D", "\u0004"],
  ])("%s costs the request, and the server goes on", async (_key, typed) => {
    const terminal = await start(project());
    const { response } = await debug(terminal);
    terminal.type(typed);
    expect((await response).status).toBe(500);
    await terminal.expect(/BdbQuit/);
    expect(await (await fetch(terminal.url)).text()).toBe("first");
  });

  it("a save waits until the prompt is closed, and then serves the next request", async () => {
    const cwd = project();
    const terminal = await start(cwd);
    const { response } = await debug(terminal);
    writeFileSync(join(cwd, "app.py"), application("second"));
    await terminal.expect(/The code has changed; it is loaded again when the debugger's prompt is closed/);
    terminal.type("p version\n");
    await terminal.expect(/'first'/);
    terminal.type("c\n");
    expect(await (await response).text()).toBe("first");
    await terminal.expect(/ \* Restarting with/);
    expect(await (await fetch(terminal.url)).text()).toBe("second");
    // In a worker that was forked from the zygote, perhaps.
    const next = await debug(terminal);
    terminal.type("c\n");
    expect(await (await next.response).text()).toBe("second");
  });

  it("while the application is imported", async () => {
    const cwd = project();
    const terminal = await start(cwd);
    writeFileSync(join(cwd, "app.py"), `breakpoint()\n${application("second")}`);
    const response = fetch(terminal.url);
    await terminal.expect(PDB);
    terminal.type("c\n");
    expect(await (await response).text()).toBe("second");
    await untilKeysWork(terminal);
  });

  it("while it is imported for the first time", async () => {
    const cwd = makeFolder({ "app.py": `breakpoint()\n${application("first")}` });
    const terminal = openTerminal(devCommand, { cwd, env: { HIGHBALL_PYTHON: python } });
    await terminal.expect(PDB);
    terminal.type("c\n");
    const [, url = ""] = await terminal.expect(/(http:\/\/\S+)/);
    expect(await (await fetch(url)).text()).toBe("first");
    await untilKeysWork(terminal);
  });
});

describe("the terminal shows again what is typed", () => {
  it("when a worker was killed at its prompt", async () => {
    const terminal = await start(project());
    const before = await terminal.modes();
    expect(before).toEqual({ echo: true, lines: true });
    const pid = Number(await (await fetch(`${terminal.url}/who`)).text());
    const { response } = await debug(terminal);
    // Else this would prove nothing.
    expect(await terminal.modes()).toEqual({ echo: false, lines: false });
    process.kill(pid, "SIGKILL");
    expect((await response).status).toBe(502);
    await expect.poll(() => terminal.modes()).toEqual(before);
    await untilKeysWork(terminal);
  });

  it("when Ctrl+C was typed at the prompt: the server stops without waiting for the request", async () => {
    const terminal = await start(project(), "--graceful-timeout", "600");
    const before = await terminal.modes();
    const pid = Number(await (await fetch(`${terminal.url}/who`)).text());
    await debug(terminal);
    terminal.type("\u0003");
    expect(await terminal.exited).toBe(0);
    expect(terminal.shown()).toMatch(/ {2}Stopping\./);
    expect(await terminal.modes()).toEqual(before);
    expect(isAlive(pid)).toBe(false);
  });

  it("when Ctrl+C was typed twice", async () => {
    const terminal = await start(project());
    const before = await terminal.modes();
    const pid = Number(await (await fetch(`${terminal.url}/who`)).text());
    await debug(terminal);
    terminal.type("\u0003");
    await terminal.expect(/ {2}Stopping\./);
    terminal.type("\u0003");
    expect(await terminal.exited).toBe(130);
    expect(await terminal.modes()).toEqual(before);
    expect(await survivors([pid])).toEqual([]);
  });

  it("when the application is debugged while it is imported for the first time, and Ctrl+C is typed", async () => {
    const cwd = makeFolder({ "app.py": `breakpoint()\n${application("first")}` });
    const terminal = openTerminal(devCommand, { cwd, env: { HIGHBALL_PYTHON: python } });
    await terminal.expect(PDB);
    terminal.type("\u0003");
    expect(await terminal.exited).toBe(130);
    await expect.poll(() => terminal.modes()).toEqual({ echo: true, lines: true });
  });
});

describe("after a breakpoint", () => {
  it("Ctrl+C stops the server: pdb has not kept it for itself", async () => {
    const terminal = await start(project());
    const { response } = await debug(terminal);
    terminal.type("c\n");
    expect((await response).status).toBe(200);
    terminal.type("\u0003");
    expect(await terminal.exited).toBe(0);
    expect(terminal.shown()).not.toContain("Program interrupted");
  });

  it("stepping goes no further than the application", async () => {
    const terminal = await start(project());
    const { response } = await debug(terminal);
    let shown = "";
    while (!shown.includes("--Return--")) {
      terminal.type("n\n");
      // oxlint-disable-next-line no-await-in-loop -- a dialogue
      [shown] = await terminal.expect(/[^]*?\(Pdb\) /);
    }
    terminal.type("n\n");
    expect(await (await response).text()).toBe("first");
    expect(await (await fetch(terminal.url)).text()).toBe("first");
    expect(terminal.shown()).not.toContain("highball/worker");
  });
});
