import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import * as fc from "fast-check";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { LogLevel } from "../../src/log.ts";
import { paintFor, wantsColour } from "../../src/log/colour.ts";
import { escapeLine, escapeMessage } from "../../src/log/escape.ts";
import { createMessageLog, type MessageLog, type MessageLogOptions } from "../../src/log/message-log.ts";
import { compileSources } from "../support/compiled.ts";

const compiled = compileSources();
afterAll(() => rmSync(compiled, { recursive: true }));

const cleanups: (() => unknown)[] = [];
beforeEach(() => {
  vi.stubEnv("TZ", "America/St_Johns");
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
  vi.setSystemTime(Date.UTC(2026, 10, 20, 4, 29, 59));
});
afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  for (const cleanup of cleanups.splice(0).toReversed()) {
    await cleanup();
  }
});

interface Opened {
  readonly log: MessageLog;
  readonly path: string;
  /** What the file holds at this moment. */
  readonly lines: () => string[];
}

function open(options: Partial<MessageLogOptions> = {}): Opened {
  const folder = mkdtempSync(join(tmpdir(), "highball-log-"));
  const path = join(folder, "error.log");
  const log = createMessageLog({
    level: "info",
    output: path,
    mode: "production",
    environment: {},
    ...options,
  });
  cleanups.push(
    () => rmSync(folder, { recursive: true }),
    () => log.close(),
  );
  return { log, path, lines: () => readFileSync(path, "utf8").split("\n").slice(0, -1) };
}

describe("a message", () => {
  it("is written as gunicorn writes it in production", () => {
    const { log, lines } = open();
    log.info("Listening at: http://127.0.0.1:8000");
    log.warning("be careful");
    log.error("no");
    expect(lines()).toEqual([
      `[2026-11-20 00:59:59 -0330] [${process.pid}] [INFO] Listening at: http://127.0.0.1:8000`,
      `[2026-11-20 00:59:59 -0330] [${process.pid}] [WARNING] be careful`,
      `[2026-11-20 00:59:59 -0330] [${process.pid}] [ERROR] no`,
    ]);
  });

  it("is short in development", () => {
    const { log, lines } = open({ mode: "development", level: "debug" });
    log.info("reloading");
    log.warning("be careful");
    log.error("no");
    log.debug("42");
    expect(lines()).toEqual([
      "00:59:59 reloading",
      "00:59:59 warning: be careful",
      "00:59:59 error: no",
      "00:59:59 debug: 42",
    ]);
  });

  it("is coloured in development where colours are wanted", () => {
    const { log, lines } = open({ mode: "development", environment: { FORCE_COLOR: "1" } });
    log.info("reloading");
    log.error("no");
    expect(lines()).toEqual([
      "\u001B[2m00:59:59\u001B[22m reloading",
      "\u001B[2m00:59:59\u001B[22m \u001B[1m\u001B[31merror:\u001B[39m\u001B[22m no",
    ]);
  });

  it.each<[LogLevel, string[]]>([
    ["debug", ["DEBUG", "INFO", "WARNING", "ERROR"]],
    ["info", ["INFO", "WARNING", "ERROR"]],
    ["warning", ["WARNING", "ERROR"]],
    ["error", ["ERROR"]],
    ["critical", []],
  ])("below the level %s is left out", (level, expected) => {
    const { log, lines } = open({ level });
    log.debug("a");
    log.info("b");
    log.warning("c");
    log.error("d");
    expect(lines().map((line) => /\[([A-Z]+)\]/.exec(line)?.[1])).toEqual(expected);
  });

  it("of several lines is indented, so that none of them looks like a message", () => {
    const { log, lines } = open();
    log.error('Traceback:\n  File "a.py"\n[2026-11-20 00:59:59 -0330] [1] [INFO] forged');
    expect(lines().slice(1)).toEqual([
      '      File "a.py"',
      "    [2026-11-20 00:59:59 -0330] [1] [INFO] forged",
    ]);
  });

  it("is escaped, whatever it holds", () => {
    const anyText = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: "binary-ascii" }),
      fc.constantFrom("\u001B[2J", "a\rb", "\u009B31m", "\u2028", "\u202E", "\u007F"),
    );
    fc.assert(
      fc.property(anyText, (message) => {
        expect(escapeMessage(message)).toMatch(
          /^(?:[^\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]|\t|\n {4})*$/u,
        );
        expect(escapeLine(message)).toMatch(/^[^\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]*$/u);
      }),
      { seed: 20_261_120, numRuns: 3_000 },
    );
    expect(escapeLine("\u001B[2J\r\n\t\u009B\u202E é")).toBe(String.raw`\x1B[2J\x0D\x0A\x09\x9B\u202E é`);
  });
});

describe("a warning that comes again at once", () => {
  it("is counted, and the count is written before the next message", () => {
    const { log, lines } = open();
    log.warning("queue is full");
    log.warning("queue is full");
    log.warning("queue is full");
    expect(lines()).toHaveLength(1);
    log.info("something else");
    log.warning("queue is full");
    expect(messages(lines())).toEqual([
      "queue is full",
      "queue is full (2 times more)",
      "something else",
      "queue is full",
    ]);
  });

  it("is written again after five seconds, with its count", () => {
    const { log, lines } = open();
    log.warning("queue is full");
    log.warning("queue is full");
    vi.advanceTimersByTime(5000);
    expect(messages(lines())).toEqual(["queue is full", "queue is full (once more)"]);
    log.warning("queue is full");
    expect(lines()).toHaveLength(3);
  });

  it("at another level is another message", () => {
    const { log, lines } = open();
    log.warning("no");
    log.error("no");
    log.info("no");
    log.info("no");
    expect(lines()).toHaveLength(4);
  });

  it("is not forgotten when the log closes", async () => {
    const { log, lines } = open();
    log.error("no");
    log.error("no");
    await log.close();
    expect(messages(lines())).toEqual(["no", "no (once more)"]);
  });
});

describe("the file", () => {
  it("is made readable for its group only, and opened again under its name", () => {
    const { log, path, lines } = open();
    expect(statSync(path).mode & 0o027).toBe(0);
    log.info("before");
    renameSync(path, `${path}.1`);
    log.reopen();
    log.info("after");
    expect(messages(lines())).toEqual(["after"]);
    expect(readFileSync(`${path}.1`, "utf8")).toContain("before");
  });
});

describe("standard error", () => {
  it("has every message of a process that exits, and the count of the last", async () => {
    const code = `
      import { createMessageLog } from "${compiled}/log/message-log.js";
      const log = createMessageLog({ level: "info", output: "-", mode: "production" });
      for (let i = 0; i < 100; i++) log.info("message " + i);
      log.error("last");
      log.error("last");
      process.exit(3);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
      stdio: ["ignore", "inherit", "pipe"],
    });
    const written = await text(child.stderr);
    expect(messages(written.trimEnd().split("\n"))).toEqual([
      ...Array.from({ length: 100 }, (_, index) => `message ${index}`),
      "last",
      "last (once more)",
    ]);
  });
});

describe("colours", () => {
  it.each<[boolean, Record<string, string>, boolean]>([
    [true, {}, true],
    [false, {}, false],
    [true, { TERM: "dumb" }, false],
    [true, { NO_COLOR: "1" }, false],
    [true, { NO_COLOR: "" }, true],
    [false, { FORCE_COLOR: "1" }, true],
    [false, { FORCE_COLOR: "" }, true],
    [true, { FORCE_COLOR: "0" }, false],
    [true, { FORCE_COLOR: "false" }, false],
    [false, { FORCE_COLOR: "1", NO_COLOR: "1" }, true],
  ])("on a terminal: %s, with %j: %s", (isTerminal, environment, expected) => {
    expect(wantsColour(isTerminal, environment)).toBe(expected);
  });

  it("are taken back in the order opposite to that in which they were set", () => {
    expect(paintFor(true)("x", "bold", "red")).toBe("\u001B[1m\u001B[31mx\u001B[39m\u001B[22m");
    expect(paintFor(false)("x", "bold", "red")).toBe("x");
  });
});

function messages(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/^(?:\[[^\]]*\] ){3}/, ""));
}
