import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { devCommand, type DevTerminal, openDevTerminal, untilKeysWork } from "../support/dev-terminal.ts";
import { python } from "../support/environment.ts";
import { makeFolder } from "../support/folder.ts";
import { isAlive, until } from "../support/processes.ts";
import { openTerminal } from "../support/terminal.ts";

/** Fails as the path says, until it is mended. */
function application(price: string): string {
  return `
import json, os, threading

def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/pay":
        total = 6
        total / ${price}
    elif path == "/library":
        json.loads("{")
    elif path == "/forge":
        raise ValueError("\\x1b[2J\\r\\n  Stopping.")
    start_response("200 OK", [("Content-Type", "text/plain")])
    if path == "/late":
        return late()
    if path == "/thread":
        thread = threading.Thread(target=json.loads, args=("{",))
        thread.start()
        thread.join()
    return [str(os.getpid()).encode() if path == "/who" else b"paid"]

def late():
    yield b"begun"
    raise KeyError("late")
`;
}

const project = (): string => makeFolder({ "app.py": application("0") });

/** Without the lines of the access log, which may come in the middle of what is expected. */
function start(cwd: string, env: Readonly<Record<string, string>> = {}): Promise<DevTerminal> {
  return openDevTerminal(cwd, { words: ["--access-logfile", "access.log"], env });
}

async function statusOf(terminal: DevTerminal, path: string): Promise<number> {
  const response = await fetch(`${terminal.url}${path}`);
  await response.text().catch(() => ""); // some are cut
  return response.status;
}

describe("an error in the terminal", () => {
  it("is shown once, with library frames folded, variables, and the address of its page", async () => {
    const terminal = await start(project());
    expect(await statusOf(terminal, "/pay?x=1")).toBe(500);
    const [shown] = await terminal.expect(/Traceback[^]*\/__highball__\/errors\/1\r\n/);
    expect(shown.replaceAll("\r", "")).toMatch(
      /^ {2}app\.py:8 in app\n[^]*total \/ 0\n[^]*\n {4}total += 6\n[^]*ZeroDivisionError: division by zero\n\n {2}GET \/pay\?x=1\n {2}.*http:/m,
    );
    expect(shown).toContain(`${terminal.url}/__highball__/errors/1`);
    await statusOf(terminal, "/library");
    const [folded] = await terminal.expect(/Traceback[^]*\/errors\/2\r\n/);
    expect(folded).toMatch(/ … \d frames? of/);
    expect(folded).not.toContain("raw_decode(");
    expect(terminal.shown()).not.toContain("Error on request");
    expect(terminal.shown().match(/^[\w.]+Error: /gm)).toHaveLength(2);
  });

  it("may come up in the body, or in a thread", async () => {
    const terminal = await start(project());
    await statusOf(terminal, "/late");
    await terminal.expect(/KeyError: 'late'[^]*\/__highball__\/errors\/1\r\n/);
    await statusOf(terminal, "/thread");
    const [shown] = await terminal.expect(/JSONDecodeError[^]*\/__highball__\/errors\/2\r\n/);
    expect(shown).toContain('It came up in the thread "');
    expect(terminal.shown().match(/^KeyError: /gm)).toHaveLength(1);
    expect(terminal.shown().match(/^[\w.]*JSONDecodeError: /gm)).toHaveLength(1);
    expect(terminal.shown()).not.toContain("Exception in thread");
  });

  it("of code that cannot be loaded is drawn like any other, before the banner says so and after a save", async () => {
    const folder = makeFolder({ "app.py": "def limit():\n    return undefined\n\nLIMIT = limit()\n" });
    const terminal = await start(folder);
    const place =
      /^ {2}app\.py:2 in limit\r\n[^]*> +2 +.*return undefined\r\n[^]*\/__highball__\/errors\/1\r\n/m;
    expect(terminal.shown()).toMatch(new RegExp(`${place.source}[^]*cannot be loaded: see above`, "m"));
    writeFileSync(join(folder, "app.py"), "import json\njson.loads('{')\n");
    const [shown] = await terminal.expect(/Traceback[^]*\/__highball__\/errors\/2\r\n/);
    expect(shown).toMatch(/ … \d frames? of/);
    expect(terminal.shown().match(/JSONDecodeError: .*\r\n\r\n/g)).toHaveLength(1);
  });

  it("does not command it", async () => {
    const terminal = await start(project());
    await statusOf(terminal, "/forge");
    await terminal.expect(/\/__highball__\/errors\/1\r\n/);
    expect(terminal.shown()).toContain("ValueError: \\x1B[2J");
    expect(terminal.shown()).not.toContain("\u001B[2J");
  });

  it("is what Python prints, where standard error is a file", async () => {
    const cwd = project();
    const terminal = openTerminal(["sh", "-c", '"$@" 2> errors', "sh", ...devCommand], {
      cwd,
      env: { HIGHBALL_PYTHON: python },
    });
    const said = (): string => readText(join(cwd, "errors"));
    await until(() => said().includes("Press Ctrl+C to stop."), 20_000);
    const [url = ""] = /http:\/\/\S+/.exec(said()) ?? [];
    await fetch(`${url}/pay`);
    await until(() => said().includes("/__highball__/errors/1\n"));
    expect(said()).toMatch(/^Error on request GET \/pay:\nTraceback \(most recent call last\):\n/m);
    expect(said().match(/^ZeroDivisionError: /gm)).toHaveLength(1);
    expect(terminal.shown()).not.toContain("ZeroDivisionError");
  });
});

describe("the key", () => {
  it("d opens the page of the newest error in the browser", async () => {
    const cwd = makeFolder({ "app.py": application("0"), browser: '#!/bin/sh\necho "$@" > opened\n' });
    chmodSync(join(cwd, "browser"), 0o755);
    const terminal = await start(cwd, { BROWSER: join(cwd, "browser") });
    terminal.type("d\n");
    await terminal.expect(/ {2}There was no error\.\r\n/);
    await statusOf(terminal, "/pay");
    await statusOf(terminal, "/library");
    await terminal.expect(/errors\/2\r\n/);
    terminal.type("d\n");
    await expect.poll(() => readText(join(cwd, "opened"))).toBe(`${terminal.url}/__highball__/errors/2\n`);
  });

  it("p looks into the newest error with pdb: requests are answered meanwhile, and a save waits", async () => {
    const cwd = project();
    const terminal = await start(cwd);
    await statusOf(terminal, "/pay");
    await terminal.expect(/errors\/1\r\n/);
    terminal.type("p\n");
    await terminal.expect(/app\.py\(8\)app\(\)[^]*\(Pdb\) /);
    terminal.type("p total * 7\n");
    await terminal.expect(/42\s+\(Pdb\) /);
    // Up from the application there is nothing of the worker's.
    terminal.type("up\n");
    await terminal.expect(/Oldest frame\s+\(Pdb\) /);
    expect(await (await fetch(terminal.url)).text()).toBe("paid");
    writeFileSync(join(cwd, "app.py"), application("2"));
    await terminal.expect(/it is loaded again when the debugger's prompt is closed/);
    terminal.type("q\n");
    await terminal.expect(/Restarting[^]*Ready after/);
    await untilKeysWork(terminal);
    expect(await terminal.modes()).toEqual({ echo: true, lines: true });
  });

  it("p says what to do once the code has been loaded again", async () => {
    const cwd = project();
    const terminal = await start(cwd);
    const pid = Number(await (await fetch(`${terminal.url}/who`)).text());
    await statusOf(terminal, "/pay");
    writeFileSync(join(cwd, "app.py"), application("2"));
    await terminal.expect(/Ready after/);
    await until(() => !isAlive(pid));
    terminal.type("p\n");
    const [said] = await terminal.expect(/No process holds the frames of an error any more: .*\r\n/);
    expect(said).toContain("e sends the request again");
  });

  it("e sends the request that failed again, to the code as it is now", async () => {
    const cwd = project();
    const terminal = await start(cwd);
    await statusOf(terminal, "/pay?x=1");
    await terminal.expect(/errors\/1\r\n/);
    terminal.type("e\n");
    await terminal.expect(
      /ZeroDivisionError: division by zero again, app\.py:8\r\n {2}GET [^]*errors\/2\r\n/,
    );
    await terminal.expect(/ {2}GET \/pay\?x=1 → 500 in \d+ ms\r\n/);
    writeFileSync(join(cwd, "app.py"), application("2"));
    await terminal.expect(/Restarting/);
    terminal.type("e\n");
    await terminal.expect(/ {2}GET \/pay\?x=1 → 200 in \d+ ms, [^\r\n]*\d bytes?\r\n/);
    expect(terminal.shows(/errors\/3/)).toBe(false);
  });

  it("is none where there is no debugger", async () => {
    const terminal = await openDevTerminal(project(), { words: ["--no-debug"] });
    terminal.type("h\n");
    await terminal.expect(/loads[^\n]*\n {2}o {2}opens[^\n]*\n {2}c {2}clears/);
    terminal.type("d\n");
    await terminal.expect(/"d" is not a key here/);
    expect(terminal.shown()).not.toContain("newest error");
  });
});

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
