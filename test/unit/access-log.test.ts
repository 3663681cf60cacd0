import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable, type Readable } from "node:stream";
import { text } from "node:stream/consumers";
import * as fc from "fast-check";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { HighballError } from "../../src/errors.ts";
import { atoms, namedAtoms } from "../../src/http/access-log-atoms.ts";
import { terminalFormat } from "../../src/http/access-log-terminal.ts";
import {
  CLIENT_LEFT,
  COMBINED_FORMAT,
  compileAccessLogFormat,
  createAccessLog,
  type AccessRecord,
} from "../../src/http/access-log.ts";
import { compileSources } from "../support/compiled.ts";

const compiled = compileSources();
afterAll(() => rmSync(compiled, { recursive: true }));

const cleanups: (() => unknown)[] = [];
beforeEach(() => {
  vi.stubEnv("TZ", "Asia/Kolkata");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const cleanup of cleanups.splice(0).toReversed()) {
    await cleanup();
  }
});

const record: AccessRecord = {
  remoteAddress: "192.0.2.7",
  method: "GET",
  target: "/caf%C3%A9/x?a=1&b=%20",
  protocol: "HTTP/1.1",
  status: 200,
  bytes: 1234,
  startedAt: Date.UTC(2026, 10, 20, 4, 29, 59, 999),
  duration: 3061.2345,
  pid: 6847,
  rawHeaders: [
    "Host",
    "example.com",
    "user-agent",
    "curl/8.5.0",
    "REFERER",
    "http://a/",
    "Accept",
    "a",
    "accept",
    "b",
  ],
  responseHead: "200 OK\nContent-Type: text/plain\nSet-Cookie: a=1\nset-cookie: b=2",
  environ: "REQUEST_METHOD\0GET\0REMOTE_PORT\x004711\0wsgi.url_scheme\0http\0",
};

/** A request of which nothing but its refusal is known. */
const refused: AccessRecord = {
  ...record,
  method: "",
  target: "",
  protocol: "",
  status: 400,
  bytes: 0,
  pid: 0,
  rawHeaders: [],
  responseHead: "",
  environ: null,
};

function line(format: string, changes: Partial<AccessRecord> = {}): string {
  return compileAccessLogFormat(format)({ ...record, ...changes });
}

function basic(credentials: string): readonly string[] {
  return ["Authorization", `Basic ${Buffer.from(credentials).toString("base64")}`];
}

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "binary-ascii" }),
  fc.constantFrom("\n", "\r\n", "\u001B[2J", '"', "\\", "\u009B31m", "%0A%22", "\u2028", "\u202E", "\ud800"),
);
const anyRecord: fc.Arbitrary<AccessRecord> = fc.record({
  remoteAddress: anyText,
  method: anyText,
  target: fc.oneof(anyText, anyText.map(encodeWithPercents)),
  protocol: anyText,
  status: fc.integer({ min: 100, max: 599 }),
  bytes: fc.maxSafeNat(),
  startedAt: fc.integer({ min: 0, max: 4e12 }),
  duration: fc.double({ min: 0, max: 1e9, noNaN: true }),
  pid: fc.nat(),
  rawHeaders: fc
    .tuple(anyText, anyText, anyText, anyText)
    .map(([agent, referer, own, credentials]) => [
      "User-Agent",
      agent,
      "Referer",
      referer,
      "X-Own",
      own,
      ...basic(credentials),
    ]),
  responseHead: anyText.map((value) => `200 OK\nX-Own: ${value}`),
  environ: anyText.map((value) => `X_OWN\0${value}\0`),
});
const everyAtom = [...atoms.map(({ name }) => `%(${name})s`), "%({x-own}i)s", "%({x-own}o)s", "%({x_own}e)s"];

function encodeWithPercents(value: string): string {
  return Buffer.from(value).toString("hex").replace(/../g, "%$&");
}

describe("the format", () => {
  it("is Apache's combined one by default", () => {
    expect(line(COMBINED_FORMAT)).toBe(
      '192.0.2.7 - - [20/Nov/2026:09:59:59 +0530] "GET /caf%C3%A9/x?a=1&b=%20 HTTP/1.1" 200 1234 "http://a/" "curl/8.5.0"\n',
    );
  });

  it("has something to say of a request that could not be read", () => {
    expect(compileAccessLogFormat(COMBINED_FORMAT)(refused)).toBe(
      '192.0.2.7 - - [20/Nov/2026:09:59:59 +0530] "-" 400 - "-" "-"\n',
    );
  });

  it.each([
    ["%(h)s", "192.0.2.7"],
    ["%(l)s", "-"],
    ["%(u)s", "-"],
    ["%(t)s", "[20/Nov/2026:09:59:59 +0530]"],
    ["%(r)s", "GET /caf%C3%A9/x?a=1&b=%20 HTTP/1.1"],
    ["%(m)s", "GET"],
    ["%(U)s", String.raw`/caf\xC3\xA9/x`],
    ["%(q)s", "a=1&b=%20"],
    ["%(H)s", "HTTP/1.1"],
    ["%(s)s", "200"],
    ["%(B)s", "1234"],
    ["%(b)s", "1234"],
    ["%(f)s", "http://a/"],
    ["%(a)s", "curl/8.5.0"],
    ["%(T)s", "3"],
    ["%(D)s", "3061235"],
    ["%(M)s", "3061"],
    ["%(L)s", "3.061234"],
    ["%(p)s", "<6847>"],
    ["%({accept}i)s", "a, b"],
    ["%({X-Missing}i)s", "-"],
    ["%({Set-Cookie}o)s", "a=1, b=2"],
    ["%({x-missing}o)s", "-"],
    ["%({remote_port}e)s", "4711"],
    ["%({wsgi.url_scheme}e)s", "http"],
    ["%({HTTP_HOST}e)s", "-"],
    ["100%%", "100%"],
    ["%(s)d|%(D)010d|%(m)5s|%(m)-5s|", "200|0003061235|  GET|GET  |"],
  ])("%s", (format, expected) => {
    expect(line(format)).toBe(`${expected}\n`);
  });

  it.each<[string, Partial<AccessRecord>, string]>([
    ["%(h)s", { remoteAddress: "" }, "-"],
    ["%(b)s %(B)s", { bytes: 0 }, "- 0"],
    ["%(p)s", { pid: 0 }, "-"],
    ["%(m)s %(U)s %(q)s %(H)s", { method: "", target: "", protocol: "" }, "- -  -"],
    ["%(U)s", { target: "http://example.com/a%2Fb?c" }, "/a/b"],
    ["%(U)s", { target: "http://example.com" }, "/"],
    ["%(U)s", { target: "*" }, "*"],
    ["%(U)s", { target: "/%zz%4" }, "/%zz%4"],
    ["%(t)s", { startedAt: Date.UTC(2026, 0, 1, 18, 30) }, "[02/Jan/2026:00:00:00 +0530]"],
    // gunicorn's wrap after a day.
    ["%(T)s %(M)s", { duration: 100_000_000 }, "100000 100000000"],
    ["%(u)s", { rawHeaders: basic("ann:secret:more") }, "ann"],
    ["%(u)s", { rawHeaders: basic("a b\n:secret") }, String.raw`a b\x0A`],
    ["%(u)s", { rawHeaders: basic("no colon") }, "-"],
    ["%(u)s", { rawHeaders: ["Authorization", "Bearer abc"] }, "-"],
  ])("%s of %j is %s", (format, changes, expected) => {
    expect(line(format, changes)).toBe(`${expected}\n`);
  });

  it("follows the clock from second to second, and back", () => {
    const format = compileAccessLogFormat("%(t)s");
    const times = [0, 1000, 0].map((later) =>
      format({ ...record, startedAt: record.startedAt + later }).trim(),
    );
    expect(times).toEqual([
      "[20/Nov/2026:09:59:59 +0530]",
      "[20/Nov/2026:10:00:00 +0530]",
      "[20/Nov/2026:09:59:59 +0530]",
    ]);
  });

  it("writes JSON that can be parsed when it is an object", () => {
    const agent = 'quote " backslash \\ escape \u001B and \u00FF';
    const json = line('{"status": %(s)s, "agent": "%(a)s"}', { rawHeaders: ["User-Agent", agent] });
    expect(JSON.parse(json)).toEqual({ status: 200, agent });
  });

  it.each([
    ["%(status)s", 'no atom "%(status)s"', "Did you mean %(s)s, "],
    ["%(d)s", 'no atom "%(d)s"', "Did you mean %(D)s, "],
    ["%(useragent)s", 'no atom "%(useragent)s"', "Did you mean %(a)s, "],
    ["%(zzzzzz)s", 'no atom "%(zzzzzz)s"', "The atoms are h l u t"],
    ["%({x-id})s", 'no atom "%({x-id})s"', "%({x-id}i)s is a request header"],
    ["%({x-id}x)s", 'no atom "%({x-id}x)s"', "%({x-id}i)s is a request header"],
    ["%h %l", 'a lone "%h"', "Write %(h)s."],
    ["100%", 'a lone "%"', "Write %% for a percent sign."],
    ["%(s)x", '"%(s)x" has a conversion', "Write %(s)s."],
    ["%(h)d", '"%(h)d" has a conversion', "Write %(h)s."],
    ["%(h)s\n%(s)s", "a control character", "The format is one line."],
  ])("%j is refused when Highball starts", (format, reason, hint) => {
    const error = refusal(() => compileAccessLogFormat(format));
    expect(error.code).toBe("ACCESS_LOG_FORMAT_INVALID");
    expect(error.message).toContain(`"${format}"`);
    expect(error.message).toContain(reason);
    expect(error.hint).toContain(hint);
  });

  it("is documented, every atom of it", () => {
    const page = readFileSync(new URL("../../docs/reference/access-log.md", import.meta.url), "utf8");
    const rows = page.split("\n").filter((row) => row.startsWith("| `%("));
    expect(rows).toEqual([
      ...atoms.map(({ name, meaning }) => `| \`%(${name})s\` | ${meaning} |`),
      ...Object.entries(namedAtoms).map(([kind, { meaning }]) => `| \`%({name}${kind})s\` | ${meaning} |`),
    ]);
    expect(page).toContain(`\n${COMBINED_FORMAT}\n`);
  });
});

describe("no client and no application can forge a line", () => {
  const lines = compileAccessLogFormat(everyAtom.join(" "));

  it("whatever they send, it is one line of printable ASCII", () => {
    fc.assert(
      fc.property(anyRecord, (any) => {
        expect(lines(any)).toMatch(/^[\x20-\x7e]*\n$/);
      }),
      { seed: 20_261_120, numRuns: 2_000 },
    );
  });

  it("nor end a quoted field", () => {
    const quoted = compileAccessLogFormat(everyAtom.map((atom) => `"${atom}"`).join(" "));
    fc.assert(
      fc.property(anyRecord, (any) => {
        expect(quoted(any).match(/"[^"\\]*(?:\\x[0-9A-F]{2}[^"\\]*)*"/g)).toHaveLength(everyAtom.length);
      }),
      { seed: 20_261_120, numRuns: 1_000 },
    );
  });

  it("nor make a JSON line that cannot be parsed", () => {
    const json = compileAccessLogFormat(
      `{${everyAtom.map((atom, index) => `"${index}": "${atom}"`).join(", ")}}`,
    );
    fc.assert(
      fc.property(anyRecord, (any) => {
        expect(Object.keys(JSON.parse(json(any)))).toHaveLength(everyAtom.length);
      }),
      { seed: 20_261_120, numRuns: 1_000 },
    );
  });

  it("nor send a terminal anything that it obeys", () => {
    const terminal = terminalFormat(false);
    fc.assert(
      fc.property(anyRecord, (any) => {
        expect(terminal(any)).toMatch(/^[^\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]*\n$/u);
      }),
      { seed: 20_261_120, numRuns: 2_000 },
    );
  });

  it("and no password is ever written", () => {
    expect(lines({ ...record, rawHeaders: basic("ann:hunter2") })).not.toMatch(/hunter2|aHVudGVy/);
  });
});

describe("the lines on a terminal", () => {
  const terminal = terminalFormat(false);

  it.each<[Partial<AccessRecord>, string]>([
    [{}, "09:59:59 200 GET  /café/x?a=1&b=   3.1 s  1.2 kB  192.0.2.7"],
    [
      { remoteAddress: "127.0.0.1", duration: 3.06, bytes: 12 },
      "09:59:59 200 GET  /café/x?a=1&b=   3.1 ms  12 B",
    ],
    [
      { remoteAddress: "", duration: 12.6, bytes: 123_456_789, target: "/" },
      "09:59:59 200 GET  /  13 ms  123 MB",
    ],
    [
      { remoteAddress: "::1", method: "DELETE", target: "/%ff\\x0A%0A", bytes: 999_600, duration: 0 },
      String.raw`09:59:59 200 DELETE /%ff\\x0A%0A  0.0 ms  1.0 MB`,
    ],
    [
      { remoteAddress: "::1", target: "/%C3%A9%0A\\", bytes: 0, duration: 0 },
      String.raw`09:59:59 200 GET  /é\x0A\\  0.0 ms  0 B`,
    ],
    [
      { remoteAddress: "::1", target: "/", status: CLIENT_LEFT, bytes: 0, duration: 1 },
      "09:59:59 499 GET  /  1.0 ms  0 B  client left",
    ],
    [{ ...refused, remoteAddress: "::1", duration: 0 }, "09:59:59 400 -  0.0 ms  0 B"],
  ])("%j", (changes, expected) => {
    expect(terminal({ ...record, ...changes })).toBe(`${expected}\n`);
  });

  it("are coloured by status", () => {
    const coloured = terminalFormat(true);
    const codes = [101, 200, 204, 302, 304, 400, 404, 499, 500].map((status) =>
      // oxlint-disable-next-line no-control-regex -- SGR
      / ((?:\u001B\[\d+m)*)\d{3} GET/.exec(coloured({ ...record, status }))?.[1]?.replaceAll("\u001B", ""),
    );
    expect(codes).toEqual(["[1m", "", "", "[32m", "[36m", "[1m[31m", "[33m", "[1m[31m", "[1m[35m"]);
  });
});

describe("a file", () => {
  it("is appended to, and made readable for its group only", async () => {
    const path = join(folder(), "access.log");
    const before = process.umask(0);
    try {
      await writeLines(path, 2);
    } finally {
      process.umask(before);
    }
    await writeLines(path, 1);
    expect(readFileSync(path, "utf8")).toBe("200\n200\n200\n");
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it("gets its lines at the end of the turn, in order", async () => {
    const path = join(folder(), "access.log");
    const log = open(path);
    for (let status = 200; status < 210; status += 1) {
      log.write({ ...record, status });
    }
    expect(readFileSync(path, "utf8")).toBe("");
    await nextTurn();
    expect(readFileSync(path, "utf8")).toBe("200\n201\n202\n203\n204\n205\n206\n207\n208\n209\n");
  });

  it("is opened again under its name when logrotate has moved it", async () => {
    const path = join(folder(), "access.log");
    const log = open(path);
    log.write(record);
    renameSync(path, `${path}.1`);
    log.write(record);
    log.reopen();
    log.write({ ...record, status: 404 });
    await log.close();
    expect(readFileSync(`${path}.1`, "utf8")).toBe("200\n200\n");
    expect(readFileSync(path, "utf8")).toBe("404\n");
  });

  it("is written on when it cannot be opened again, and the log says so", async () => {
    const parent = folder();
    const path = join(parent, "logs", "access.log");
    const elsewhere = join(parent, "moved");
    mkdirSync(join(parent, "logs"));
    const log = open(path);
    renameSync(join(parent, "logs"), elsewhere);
    log.reopen();
    log.write(record);
    await log.close();
    expect(readFileSync(join(elsewhere, "access.log"), "utf8")).toBe("200\n");
    expect(warnings).toEqual([
      `Cannot open the access log "${path}": its folder does not exist. The old file is written on.`,
    ]);
  });

  it.each([
    ["missing/access.log", "its folder does not exist"],
    [".", "it is a folder"],
  ])("%s cannot be opened", (name, reason) => {
    const error = refusal(() => open(join(folder(), name)));
    expect(error.code).toBe("LOG_FILE_UNUSABLE");
    expect(error.message).toContain(reason);
  });

  it.runIf(existsSync("/dev/full"))("on a full disk is complained of once, and breaks nothing", async () => {
    const log = open("/dev/full");
    for (let turn = 0; turn < 3; turn += 1) {
      log.write(record);
      await nextTurn();
    }
    expect(warnings).toEqual([
      "Cannot write the access log: ENOSPC: no space left on device, write. Its lines wait in memory.",
    ]);
    cleanups.pop();
    expect(() => log.reopen()).not.toThrow();
  });
});

describe("a stream", () => {
  it("is written a turn at a time, waits when it is full, and is not ended", async () => {
    const written: string[] = [];
    const taken: (() => void)[] = [];
    const stream = new Writable({
      highWaterMark: 8,
      decodeStrings: false,
      write(chunk: string, _encoding, done) {
        written.push(chunk);
        taken.push(done);
      },
    });
    const log = open(stream);
    log.write(record);
    log.write(record);
    await nextTurn();
    log.write({ ...record, status: 404 });
    log.write({ ...record, status: 405 });
    await nextTurn();
    expect(written).toEqual(["200\n200\n"]);
    const drained = once(stream, "drain");
    taken.shift()?.();
    await drained;
    expect(written).toEqual(["200\n200\n", "404\n405\n"]);
    taken.shift()?.();
    log.write(record);
    const closed = log.close();
    await nextTurn();
    taken.shift()?.();
    await closed;
    expect(written.slice(2)).toEqual(["200\n"]);
    expect(stream.writableEnded).toBe(false);
  });

  it("that fails ends the log with one warning", () => {
    const stream = new PassThrough();
    const log = open(stream);
    stream.emit("error", new Error("broken"));
    stream.emit("error", new Error("broken"));
    log.write(record);
    expect(warnings).toEqual(["The access log has ended: broken"]);
  });
});

describe("standard output", () => {
  it("has every line when the process exits in the middle of a turn", async () => {
    const child = start(`
      for (let i = 0; i < 1000; i++) log.write(record);
      process.exit(7);`);
    const [output, exit] = await Promise.all([text(child.stdout), once(child.process, "exit")]);
    expect(output).toBe("200\n".repeat(1000));
    expect(exit[0]).toBe(7);
  });

  it("has every line when the process throws", async () => {
    const child = start(`log.write(record); throw new Error("on purpose");`);
    expect(await text(child.stdout)).toBe("200\n");
  });

  it("whose reader has gone ends the log and not the server", async () => {
    const child = start(`
      process.stdin.once("data", () => {
        log.write(record);
        setImmediate(() => { log.write(record); process.stdin.once("data", () => process.exit(5)); });
      });
      process.stderr.write("ready");`);
    child.stdout.destroy();
    await once(child.stderr, "data");
    child.stdin.write("go");
    expect(String((await once(child.stderr, "data"))[0])).toBe(
      "Nobody reads the access log any more: it has ended.\n",
    );
    child.stdin.write("go");
    expect((await once(child.process, "exit"))[0]).toBe(5);
  });

  it.each(["pipe", "socket"] as const)(
    "whose reader stands still (%s) stops nothing, is bounded, and gets the rest in order",
    async (kind) => {
      const stdout = kind === "pipe" ? pipe() : null;
      const child = start(
        `
        const long = createAccessLog({ format: "x".repeat(1000) + " %(B)s", output: "-", log: own });
        let lines = 0;
        const more = () => {
          for (let i = 0; i < 1000; i++) long.write({ ...record, bytes: lines++ });
          if (lines < 20_000) setImmediate(more);
          else process.stderr.write("logged\\n");
        };
        more();
        process.stdin.once("end", () => {
          long.write({ ...record, bytes: lines });
          void long.close().then(() => process.exit());
        }).resume();`,
        {},
        stdout,
      );
      closeWriter(stdout);
      let complaints = "";
      await new Promise<void>((settle) => {
        child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
          complaints += chunk;
          if (complaints.includes("logged\n")) {
            settle();
          }
        });
      });
      // 20 MB were logged and none was read: nothing has waited for the reader. Now it reads.
      let received = "";
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
        received += chunk;
        if (received.length > 16 * 1024 * 1024) {
          child.stdin.end();
        }
      });
      await once(child.stdout, "close");
      const numbers = received.split("\n").flatMap((each) => (each === "" ? [] : [Number(each.slice(1001))]));
      expect(numbers.at(-1)).toBe(20_000);
      expect(numbers.slice(0, -1)).toEqual(Array.from({ length: numbers.length - 1 }, (_, index) => index));
      const lost = 20_001 - numbers.length;
      expect(lost).toBeGreaterThan(1000);
      expect(complaints).toContain("The access log is 16 MiB behind: lines are being dropped.\n");
      expect(complaints).toContain(`The access log is written again; ${lost} of its lines were dropped.\n`);
    },
  );

  it.runIf(existsSync("/proc/self/fdinfo/1"))(
    "leaves the pipe that the workers share in blocking mode",
    async () => {
      const stdout = pipe();
      const child = start(
        `
      import { readFileSync } from "node:fs";
      const flags = () => /flags:\\s*(\\d+)/.exec(readFileSync("/proc/self/fdinfo/1", "utf8"))?.[1];
      const before = flags();
      log.write(record);
      setImmediate(() => { log.write({ ...record, status: before === flags() ? 200 : 500 }); });`,
        {},
        stdout,
      );
      closeWriter(stdout);
      expect(await text(child.stdout)).toBe("200\n200\n");
    },
  );

  it.each([
    [{ NO_COLOR: "1" }, "09:59:59 200 GET  /café/x?a=1&b=   3.1 s  1.2 kB  192.0.2.7\r\n"],
    [
      { NO_COLOR: "", TERM: "xterm" },
      "\u001B[2m09:59:59\u001B[22m 200 GET  /café/x?a=1&b=   \u001B[33m3.1 s\u001B[39m\u001B[2m  1.2 kB  192.0.2.7\u001B[22m\r\n",
    ],
  ])("is short and in colour on a terminal, with %j", async (environment, expected) => {
    const code =
      'log = createAccessLog({ format: COMBINED_FORMAT, output: "-", log: own }); log.write(record);';
    const child = spawn(
      "python3",
      ["-c", IN_TERMINAL, process.execPath, "--input-type=module", "-e", prelude(code)],
      {
        env: { PATH: process.env["PATH"], TZ: "Asia/Kolkata", ...environment },
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    cleanups.push(() => child.kill("SIGKILL"));
    expect(await text(child.stdout)).toBe(expected);
  });

  it("has the combined format when it is a pipe, colours forced or not", async () => {
    const stdout = pipe();
    const child = start(
      'log = createAccessLog({ format: COMBINED_FORMAT, output: "-", log: own }); log.write(record);',
      { FORCE_COLOR: "1" },
      stdout,
    );
    closeWriter(stdout);
    expect(await text(child.stdout)).toBe(line(COMBINED_FORMAT));
  });
});

const IN_TERMINAL = `
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    sys.stdout.buffer.write(data)
os.waitpid(pid, 0)`;

function prelude(code: string): string {
  return `
    import { COMBINED_FORMAT, createAccessLog } from "${compiled}/http/access-log.js";
    const own = { warning: (message) => process.stderr.write(message + "\\n") };
    const record = ${JSON.stringify(record)};
    let log = createAccessLog({ format: "%(s)s", output: "-", log: own });
    ${code}`;
}

interface Logging {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly process: ChildProcess;
}

/** A process that logs to its standard output: a socket, as Node gives its children, or another descriptor. */
function start(code: string, environment: Record<string, string> = {}, stdout: Stdout = null): Logging {
  const child = spawn(process.execPath, ["--input-type=module", "-e", prelude(code)], {
    stdio: ["pipe", stdout?.writer ?? "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  cleanups.push(() => child.kill("SIGKILL"));
  const { stdin, stderr } = child;
  const reader = stdout?.reader ?? child.stdout;
  if (stdin === null || reader === null || stderr === null) {
    throw new Error("all three were asked for");
  }
  return { stdin, stdout: reader, stderr, process: child };
}

type Stdout = { readonly writer: number; readonly reader: Readable } | null;

/** A pipe (a named one: Node makes no others) that nobody reads yet. */
function pipe(): Stdout {
  const path = join(folder(), "pipe");
  execFileSync("mkfifo", [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY);
  return { writer, reader: new Socket({ fd: reader, writable: false, readable: true }) };
}

function closeWriter(stdout: Stdout): void {
  if (stdout !== null) {
    closeSync(stdout.writer);
  }
}

async function nextTurn(): Promise<void> {
  await new Promise((settle) => {
    setImmediate(settle);
  });
}

const warnings: string[] = [];

function open(output: string | Writable): ReturnType<typeof createAccessLog> {
  warnings.length = 0;
  const log = createAccessLog({
    format: "%(s)s",
    output,
    log: {
      debug: () => undefined,
      info: () => undefined,
      warning: (message) => warnings.push(message),
      error: () => undefined,
    },
  });
  cleanups.push(() => log.close());
  return log;
}

async function writeLines(path: string, count: number): Promise<void> {
  const log = open(path);
  for (let written = 0; written < count; written += 1) {
    log.write(record);
  }
  await log.close();
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "highball-access-log-"));
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function refusal(action: () => unknown): HighballError {
  try {
    action();
  } catch (error) {
    if (error instanceof HighballError) {
      return error;
    }
    throw error;
  }
  throw new Error("it was accepted");
}
