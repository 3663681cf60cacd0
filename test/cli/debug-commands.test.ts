import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { answer } from "../../src/cli/answer.ts";
import type { ServerAddress } from "../../src/cli/debug-client.ts";
import { readQuestion } from "../../src/cli/question.ts";
import type { Output } from "../../src/cli/terminal.ts";
import { errorJson } from "../../src/debug/record-json.ts";
import type { ReplayAnswer } from "../../src/debug/replay-answer.ts";
import { HighballError } from "../../src/errors.ts";
import { python } from "../support/environment.ts";
import { errorModels, errorRecord } from "../support/error-models.ts";
import { type FakeAnswer, fakeDebugger, type FakeDebugger } from "../support/fake-debugger.ts";
import { makeFolder } from "../support/folder.ts";
import { replayAnswer, replayed } from "../support/replay-answers.ts";
import { until } from "../support/processes.ts";
import { runCli, startCli } from "../support/run-cli.ts";

const at = new Date(2026, 10, 19, 14, 2, 11).getTime();

const errors: FakeAnswer = {
  body: {
    errors: [
      {
        id: 3,
        at: at + 60_000,
        place: "thread",
        title: "KeyError: 'x\u001B[2J\nerror: forged'",
        request: null,
        where: null,
        pid: 7,
        isGone: true,
      },
      {
        id: 1,
        at,
        place: "stream",
        title: "ZeroDivisionError: division by zero",
        request: { method: "GET", target: "/pay?x=1" },
        where: { file: "/srv/shop/cart.py", line: 14, function: "pay" },
        pid: 7,
        isGone: false,
      },
    ],
  },
};

const requests: FakeAnswer = {
  body: {
    requests: [
      { id: 8, at, method: "GET", target: "/", status: null, duration: null, error: null, replayOf: null },
      { id: 7, at, method: "POST", target: "/pay", status: 200, duration: 12.3, error: null, replayOf: 4 },
      { id: 4, at, method: "POST", target: "/pay", status: 500, duration: 1234, error: 3, replayOf: null },
    ],
  },
};

/** An error of the list. */
function numbered(id: number): object {
  return { id, at, place: "request", title: `E${id}`, request: null };
}

const quiet = replayAnswer({ contentType: "", body: "", bodySize: 0 });

/** A server where request 4 comes to this. */
function replaying(
  status: number,
  error: number | null,
  sent: Partial<ReplayAnswer> = {},
): Promise<FakeDebugger> {
  return fakeDebugger({
    "GET requests": requests,
    "GET errors": errors,
    "POST requests/4/replay": {
      body: { request: 7, status, error, duration: 12.3, answer: { ...quiet, ...sent } },
    },
  });
}

interface Result {
  readonly exitCode: number;
  readonly out: string;
  readonly aside: string;
}

interface Situation {
  /** By folder. */
  readonly servers?: Readonly<Record<string, readonly ServerAddress[]>>;
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Of the terminal; without one there is none. */
  readonly isTerminal?: boolean;
  /** Hears every line. */
  readonly onLine?: (line: string) => void;
}

/** What `highball WORDS` does. */
async function ask(words: readonly string[], situation: Situation = {}): Promise<Result> {
  const { servers = {}, environment = {}, isTerminal = false, onLine = () => {} } = situation;
  const directory = situation.directory ?? makeFolder();
  const question = readQuestion(words);
  if (question === null) throw new Error(`${words.join(" ")} asks nothing`);
  const texts = { out: "", aside: "" };
  const open = (name: keyof typeof texts): Output => ({
    isTerminal,
    paint: (text) => text,
    line: (text = "") => {
      texts[name] += `${text}\n`;
      onLine(text);
    },
  });
  const exitCode = await answer(question, open("out"), open("aside"), {
    environment,
    directory,
    serverFiles: { of: (folder) => servers[folder] ?? [], all: () => Object.values(servers).flat() },
  });
  return { exitCode, ...texts };
}

async function failureOf(words: readonly string[], situation: Situation = {}): Promise<HighballError> {
  try {
    await ask(words, situation);
  } catch (error) {
    if (error instanceof HighballError) return error;
    throw error;
  }
  throw new Error(`${words.join(" ")} did not fail`);
}

describe("what is asked", () => {
  it.each([
    [["errors"], { word: "errors", id: null, form: "text", follow: false, url: null, chdir: null }],
    [["errors", "3"], { id: 3 }],
    [["errors", "#3"], { id: 3 }],
    [["errors", "last", "--json"], { id: "last", form: "json" }],
    [["errors", "--markdown", "3"], { id: 3, form: "markdown" }],
    [["errors", "-f"], { follow: true }],
    [
      ["--chdir", "site", "requests", "--url=http://localhost:1"],
      { chdir: "site", url: "http://localhost:1" },
    ],
    [["replay", "12"], { word: "replay", id: 12 }],
    [["help", "errors"], { word: "errors", help: true }],
    [["replay", "--help"], { word: "replay", help: true }],
  ])("by %j", (argv, expected) => {
    expect(readQuestion(argv)).toMatchObject(expected);
  });

  it.each([
    ["", "nothing"],
    ["app", "an application"],
    ["errors:app", "an application in a module of that name"],
    ["./errors", "a folder of that name"],
    ["errors.py", "a file of that name"],
    ["-- errors", "what stands behind --"],
    ["dev errors", "an application in development"],
    ["config errors", "its settings"],
    ["--pid errors app", "a value of a flag"],
    ["-perrors app", "a value at a flag"],
    ["help", "help"],
    ["help dev", "help"],
  ])('is not meant by "%s": %s', (line) => {
    expect(readQuestion(line.split(" ").filter(Boolean))).toBeNull();
  });

  it.each([
    ["errors x", 'ID_INVALID "x" is no number of an error. List them: highball errors'],
    ["requests 0", 'ID_INVALID "0" is no number of a request. List them: highball requests'],
    [
      "errors 1 2",
      'ID_INVALID highball errors takes one number, but "1" and "2" were named. For example: highball errors 1',
    ],
    [
      "replay",
      "ID_INVALID highball replay sends one request again, but none was named. List them: highball requests",
    ],
    ["errors --markdown", "ID_INVALID --markdown shows one error, but none was named."],
    [
      "errors 3 --json --markdown",
      "CONFLICTING_SETTINGS --json and --markdown are two forms of one answer. Leave one out: highball errors 3 --json",
    ],
    ["errors -f 3", 'ID_INVALID --follow waits for new errors, and "3" is there already.'],
    [
      "requests --follow",
      "UNKNOWN_FLAG highball requests has no flag --follow. It belongs to highball errors.",
    ],
    ["errors --jsn", "UNKNOWN_FLAG highball errors has no flag --jsn. Did you mean --json?"],
    [
      "errors -w 4",
      'UNKNOWN_FLAG highball errors has no flag -w. It is for serving. To serve an application called "errors": highball -w … -- errors',
    ],
    [
      "errors --zebra",
      "UNKNOWN_FLAG highball errors has no flag --zebra. See its flags: highball errors --help",
    ],
    [
      "errors --json=yes",
      'FLAG_TAKES_NO_VALUE --json takes no value, but it was given "yes". Write --json alone.',
    ],
    ["errors --url", "FLAG_NEEDS_VALUE --url needs a value. For example: --url http://127.0.0.1:8001"],
  ])("has mistakes, such as %s", async (line, expected) => {
    const { code, message, hint, exitCode } = await failureOf(line.split(" "));
    expect(`${code} ${message} ${hint}`).toContain(expected);
    expect(exitCode).toBe(2);
  });
});

describe("the command", () => {
  it("prints its answer on standard output, and errors on the other", async () => {
    const { url } = await fakeDebugger({ "GET errors": errors });
    const cwd = makeFolder();
    expect(await runCli(["errors", "--url", url], { cwd })).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("  ZeroDivisionError: division by zero    /srv/shop/cart.py:14\n"),
      stderr: "",
    });
    expect(await runCli(["replay", "4", "--url", url], { cwd })).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: "error: There is no error 9.\n  List them: highball requests\n",
    });
  });

  it.each(["errors", "requests", "replay"])("explains %s in eighty columns", async (word) => {
    const [one, other] = await Promise.all([runCli([word, "--help"]), runCli(["help", word])]);
    expect(one).toEqual(other);
    expect(one).toMatchObject({ exitCode: 0, stderr: "" });
    expect(one.stdout).toContain(`Usage: highball ${word}`);
    expect(one.stdout.split("\n").filter((line) => line.length > 79)).toEqual([]);
  });

  it("is meant by a word that looks like it", async () => {
    const { stderr } = await runCli(["erors", "3"], { cwd: makeFolder() });
    expect(stderr).toContain("Did you mean: highball errors 3\n");
  });
});

describe("highball errors", () => {
  it("lists them, the newest last, and nothing in them commands the terminal", async () => {
    const { url } = await fakeDebugger({ "GET errors": errors });
    const { exitCode, out, aside } = await ask(["errors", "--url", url]);
    expect({ exitCode, aside }).toEqual({ exitCode: 0, aside: "" });
    expect(out.split("\n")).toEqual([
      "  1  2026-11-19 14:02:11  GET /pay?x=1 (in the body)  ZeroDivisionError: division by zero    /srv/shop/cart.py:14",
      "  3  2026-11-19 14:03:11  a thread                    KeyError: 'x\\x1B[2J\\x0Aerror: forged'",
      "",
    ]);
  });

  it("says on standard error that there are none", async () => {
    const { url } = await fakeDebugger({ "GET errors": { body: { errors: [] } } });
    expect(await ask(["errors", "--url", url])).toEqual({
      exitCode: 0,
      out: "",
      aside: `No errors: ${url} has had none since it was started.\n`,
    });
  });

  it("cuts titles on a terminal only, and says how to see one", async () => {
    const title = `ValueError: ${"x".repeat(200)}`;
    const long = { body: { errors: [{ id: 1, at, place: "request", title, request: null, where: null }] } };
    const { url } = await fakeDebugger({ "GET errors": long });
    const shown = await ask(["errors", "--url", url], { isTerminal: true });
    expect(shown.out).toMatch(/ {2}ValueError: x+…\n\n {2}highball errors 1 shows the last one\.\n$/);
    expect((await ask(["errors", "--url", url])).out).toContain(title);
  });

  it("prints the JSON of the API as it is", async () => {
    const json = '{ "errors": [ ] , "more": 1 }';
    const { url } = await fakeDebugger({
      "GET errors": { body: json },
      "GET errors/3": { body: '{"error": 1}' },
    });
    expect((await ask(["errors", "--json", "--url", url])).out).toBe(`${json}\n`);
    expect((await ask(["errors", "3", "--json", "--url", url])).out).toBe('{"error": 1}\n');
  });

  it("prints one as text or Markdown", async () => {
    const { url } = await fakeDebugger({
      "GET errors": errors,
      "GET errors/3 text/plain": { type: "text/plain; charset=utf-8", body: "Traceback\n  …\n" },
      "GET errors/3?format=markdown": { type: "text/markdown; charset=utf-8", body: "### KeyError\n" },
    });
    expect((await ask(["errors", "3", "--url", url])).out).toBe("Traceback\n  …\n");
    expect((await ask(["errors", "last", "--url", url])).out).toBe("Traceback\n  …\n");
    expect((await ask(["errors", "3", "--markdown", "--url", url])).out).toBe("### KeyError\n");
  });

  it("draws one on a terminal, with the address of its page, and obeys nothing in it", async () => {
    const answers = Object.fromEntries(
      [errorModels.plain, errorModels.evil, null].map((model, id) => [
        `GET errors/${id + 1} application/json`,
        { body: { error: errorJson(errorRecord(model, { id: id + 1 })) } },
      ]),
    );
    const { url } = await fakeDebugger(answers);
    const environment = { FORCE_HYPERLINK: "0" };
    for (const id of ["1", "2", "3"]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const { out } = await ask(["errors", id, "--url", url], { isTerminal: true, environment });
      expect(out).toContain(`${url}/__highball__/errors/${id}\n`);
      // oxlint-disable-next-line no-control-regex -- what a terminal obeys
      expect(out).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/);
    }
    const { out } = await ask(["errors", "1", "--url", url], { isTerminal: true, environment });
    expect(out).toContain(errorModels.plain.exception.message);
  });

  it("goes on with those that come, each once, until the server ends", async () => {
    let known: readonly unknown[] = [];
    const fake = await fakeDebugger({ "GET errors": () => ({ body: { errors: known } }) });
    const lines: string[] = [];
    const following = ask(["errors", "--follow", "--url", fake.url], { onLine: (line) => lines.push(line) });
    known = [numbered(1)];
    await fake.tell("error", { id: 1, title: "E1" });
    await until(() => lines.length === 1);
    known = [numbered(3), numbered(2), numbered(1)];
    await fake.tell("error", { id: 2, title: "E2" });
    await fake.tell("error", { id: 3, title: "E3" });
    await until(() => lines.length === 3);
    await fake.close();
    const { exitCode, out, aside } = await following;
    expect(exitCode).toBe(0);
    expect(out.match(/E\d/g)).toEqual(["E1", "E2", "E3"]);
    expect(aside).toBe("The server has stopped.\n");
  });
});

describe("highball requests", () => {
  it("lists them, the newest last", async () => {
    const { url } = await fakeDebugger({ "GET requests": requests });
    const { out } = await ask(["requests", "--url", url]);
    expect(out.split("\n")).toEqual([
      "  4  2026-11-19 14:02:11  POST  /pay  500  1.2 s  error 3",
      "  7  2026-11-19 14:02:11  POST  /pay  200  12 ms  4 again",
      "  8  2026-11-19 14:02:11  GET   /       …",
      "",
    ]);
  });
});

describe("highball requests ID", () => {
  const request = {
    id: 4,
    at,
    method: "POST",
    target: "/pay",
    protocol: "HTTP/1.1",
    remoteAddress: "127.0.0.1",
    status: 500,
    duration: 12,
    error: 3,
    replayOf: 2,
    environ: null,
    contentType: "text/plain",
    headers: [["Host", "localhost"]],
  };
  const shown = async (fields: object): Promise<string> => {
    const { url } = await fakeDebugger({
      "GET requests": requests,
      "GET requests/8": { body: { request: { ...request, ...fields } } },
    });
    return (await ask(["requests", "last", "--url", url])).out;
  };

  it("prints it as it was sent, and what became of it", async () => {
    expect(await shown({ body: "a=1\u001B[2J\nb=2", bodySize: 11, bodyIsCut: false })).toBe(
      [
        "POST /pay HTTP/1.1",
        "Host: localhost",
        "",
        "a=1\\x1B[2J",
        "b=2",
        "",
        "500 in 12 ms, at 2026-11-19 14:02:11, from 127.0.0.1",
        "Request 2 sent again.",
        "It came to an error: highball errors 3",
        "To send it again: highball replay 4",
        "",
      ].join("\n"),
    );
  });

  it("says what there is of a body that cannot be printed", async () => {
    expect(await shown({ body: null, bodySize: 11, bodyIsCut: false })).toContain(
      "\n\n(11 bytes that are no text, or too many to be kept)\n",
    );
    expect(await shown({ body: "a", bodySize: 99, bodyIsCut: true })).toContain(
      "\n\na\n… (99 bytes in all)\n",
    );
    expect(await shown({ body: "", bodySize: 0, bodyIsCut: false })).toContain("Host: localhost\n\n500 in");
  });
});

describe("highball replay", () => {
  it("sends a request again and prints what came of it", async () => {
    const { url, asked } = await replaying(200, null);
    const { exitCode, out } = await ask(["replay", "4", "--url", url]);
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: "POST /pay → 200 in 12 ms\n" });
    expect(asked[0]).toMatchObject({ method: "POST", headers: { "content-type": "application/json" } });
  });

  it("prints the error if it fails again, and what to type next", async () => {
    const { url } = await replaying(500, 1);
    const { exitCode, out } = await ask(["replay", "last", "--url", url]);
    expect(exitCode).toBe(1);
    expect(out).toBe("POST /pay → 500 in 12 ms\nZeroDivisionError: division by zero\n  highball errors 1\n");
  });

  it("prints the API's JSON", async () => {
    const { url } = await replaying(503, null);
    const { exitCode, out } = await ask(["replay", "4", "--json", "--url", url]);
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toEqual({ request: 7, status: 503, error: null, duration: 12.3, answer: quiet });
  });

  it.each<[what: string, sent: Partial<ReplayAnswer>, printed: string]>([
    ["as it is", { body: "a\r\n\u001B[2Jb\n", bodySize: 8 }, "\na\r\n\u001B[2Jb\n"],
    [
      "as far as it goes",
      { body: "a", bodySize: 100_000, bodyIsCut: true },
      "\na\n… (the first 64 KiB of 100,000 bytes)\n",
    ],
    [
      "with what it was packed in",
      { body: "a", bodySize: 200, bodyIsCut: true, contentCoding: "gzip" },
      "\na\n… (the first 64 KiB of what came as 200 bytes of gzip)\n",
    ],
    [
      "unless it is no text",
      { body: null, bodySize: 1, contentType: "image/png" },
      "\n(1 byte that is no text: image/png)\n",
    ],
    [
      "with the word that it is not all",
      { body: "a", bodySize: 1, end: "unfinished" },
      "\na\n(The response went on, and was read no further.)\n",
    ],
  ])("prints the body, %s", async (_what, sent, printed) => {
    const { url } = await replaying(200, null, sent);
    const { out } = await ask(["replay", "4", "--url", url]);
    expect(out).toBe(`POST /pay → 200 in 12 ms\n${printed}`);
  });

  it("by a server of an older version comes to its status", async () => {
    const { url } = await fakeDebugger({
      "GET requests": requests,
      "POST requests/4/replay": { body: { request: 7, status: 200, error: null, duration: 12.3 } },
    });
    expect((await ask(["replay", "4", "--url", url])).out).toBe("POST /pay → 200 in 12 ms\n");
  });

  it("says where a redirect leads, and does not go there", async () => {
    const { url } = await replaying(302, null, {
      status: 302,
      headers: [["Location", "/orders/7\u001B[2J"]],
    });
    const { out } = await ask(["replay", "4", "--url", url]);
    expect(out).toBe("POST /pay → 302 in 12 ms\nIt leads to /orders/7\\x1B[2J, which was not asked for.\n");
  });

  it("prints nothing on a terminal that this would obey", async () => {
    const { url } = await replaying(200, null, { body: "a\r\n\u001B[2Jb\n", bodySize: 8 });
    const { out } = await ask(["replay", "4", "--url", url], { isTerminal: true });
    expect(out).toMatch(/\n\na\n\\x1B\[2Jb\n$/);
  });

  it("prints of a failure what the application had answered, and not the gateway's page of it", async () => {
    const page = { body: "<!doctype html>", bodySize: 15 };
    const whole = await replaying(500, 1, page);
    expect((await ask(["replay", "4", "--url", whole.url])).out).not.toContain("doctype");
    const broken = await replaying(200, 1, { body: "begun", bodySize: 5, end: "broken" });
    expect((await ask(["replay", "4", "--url", broken.url])).out).toContain(
      "\n\nbegun\n(The response broke off here.)\nZeroDivisionError",
    );
  });
});

describe("the server", () => {
  const token = "0123456789";

  it("is that of the project, or of the folder above it that is one", async () => {
    const folder = makeFolder({ "site/views/x.py": "" });
    const { url, asked } = await fakeDebugger({ "GET errors": errors });
    const servers = { [join(folder, "site")]: [{ url, token }] };
    await ask(["errors"], { servers, directory: join(folder, "site") });
    await ask(["errors"], { servers, directory: join(folder, "site/views") });
    await ask(["errors", "--chdir", "site"], { servers, directory: folder });
    await ask(["errors"], { servers, directory: folder, environment: { HIGHBALL_CHDIR: "site" } });
    expect(asked).toHaveLength(4);
    expect(asked.map(({ headers }) => headers["x-highball-token"])).toEqual(Array(4).fill(undefined));
  });

  it("gets the token with what does something, and no other server does", async () => {
    const folder = makeFolder();
    const answers = {
      "GET requests": requests,
      "POST requests/4/replay": { body: replayed({ answer: quiet }) },
    };
    const [own, other] = [await fakeDebugger(answers), await fakeDebugger(answers)];
    const situation = { servers: { [folder]: [{ url: own.url, token }] }, directory: folder };
    await ask(["replay", "4"], situation);
    await ask(["replay", "4", "--url", `${own.url}/__highball__/errors/3`], situation);
    await ask(["replay", "4", "--url", own.url.replace("127.0.0.1", "localhost")], situation);
    await ask(["replay", "4", "--url", own.url.replace("http://127.0.0.1", "")], {
      ...situation,
      directory: "/",
    });
    await ask(["replay", "4", "--url", other.url], situation);
    const tokens = ({ asked }: typeof own) =>
      asked.filter(({ method }) => method === "POST").map(({ headers }) => headers["x-highball-token"]);
    expect(tokens(own)).toEqual(Array(4).fill(token));
    expect(tokens(other)).toEqual([undefined]);
  });

  it("may listen on a Unix socket", async () => {
    const directory = makeFolder();
    const { url } = await fakeDebugger({ "GET requests": requests }, join(directory, "socket"));
    expect((await ask(["requests", "--url", url])).exitCode).toBe(0);
    expect((await ask(["requests", "--url", "unix:socket"], { directory })).exitCode).toBe(0);
  });

  it("is the newest of several that run, and the others are named", async () => {
    const folder = makeFolder();
    const [killed, newer, older] = await Promise.all(
      [0, 0, 0].map(() => fakeDebugger({ "GET errors": errors })),
    );
    if (killed === undefined || newer === undefined || older === undefined) throw new Error("no servers");
    await killed.close();
    const servers = { [folder]: [killed, newer, older].map(({ url }) => ({ url, token })) };
    const { aside } = await ask(["errors"], { servers, directory: folder });
    expect(newer.asked).toHaveLength(1);
    expect(older.asked).toHaveLength(0);
    expect(aside).toBe(
      `Of 2 servers that run here, ${newer.url} is asked, the newest. Others: --url ${older.url}\n`,
    );
    await newer.close();
    expect((await ask(["errors"], { servers, directory: folder })).aside).toBe("");
    expect(older.asked).toHaveLength(1);
    const { hint } = await failureOf(["errors"], { servers, directory: makeFolder() });
    expect(hint).toContain(`Of other projects run: --url ${older.url}`);
    await older.close();
    expect(await failureOf(["errors"], { servers, directory: folder })).toMatchObject({
      code: "SERVER_UNREACHABLE",
      message: `No server answers at "${killed.url}": nothing listens there.`,
    });
  });

  it("does not run", async () => {
    const directory = makeFolder({ "errors.py": "" });
    const { code, exitCode, message, hint } = await failureOf(["errors"], { directory });
    expect({ code, exitCode }).toEqual({ code: "SERVER_NOT_FOUND", exitCode: 1 });
    expect(message).toBe(`No server with a debugger runs for the project "${directory}".`);
    expect(hint).toMatch(
      /^Start it: highball dev; .*\nTo serve the application "errors": highball -- errors$/,
    );
  });

  it("does not answer", async () => {
    const { url, close } = await fakeDebugger({});
    await close();
    expect(await failureOf(["errors", "--url", url])).toMatchObject({
      code: "SERVER_UNREACHABLE",
      exitCode: 1,
      message: `No server answers at "${url}": nothing listens there.`,
      hint: "Start it: highball dev",
    });
    expect((await failureOf(["errors", "--url", "unix:/nowhere"])).message).toContain(
      "there is no such socket",
    );
    expect((await failureOf(["errors", "--url", "ftp://x"])).message).toBe(
      '--url: "ftp://x" is no address of a server.',
    );
    expect((await failureOf(["errors", "--url", "https://localhost:8000"])).hint).toContain("speaks no TLS");
  });

  it("has no debugger", async () => {
    const page = { type: "text/html", body: "<h1>Everything is a page</h1>" };
    const { url } = await fakeDebugger({ "GET errors": page, "GET requests": { ...page, status: 404 } });
    for (const words of [["errors"], ["requests"]]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const { code, message } = await failureOf([...words, "--url", url]);
      expect(code).toBe("DEBUGGER_OFF");
      expect(message).toContain(`What answers at "${url}" has no debugger`);
    }
  });

  it("says why it refuses, and does not command the terminal either", async () => {
    const refusal = { code: "LOCKED", message: "The token is missing\u001B[2J.", hint: "Unlock it." };
    const { url } = await fakeDebugger({
      "POST requests/4/replay": { status: 403, body: { error: refusal } },
    });
    expect(await failureOf(["replay", "4", "--url", url])).toMatchObject({
      code: "SERVER_REFUSED",
      exitCode: 1,
      message: `The server at "${url}" does this only for whoever has its token, and none was found.`,
      hint: expect.stringContaining("Type it as the user who started the server"),
    });
    const servers = { "/": [{ url, token }] };
    expect(await failureOf(["replay", "4"], { servers })).toMatchObject({
      message: "The token is missing\\x1B[2J.",
      hint: "Unlock it.",
    });
    // Somebody else may listen on the same port of the other loopback address.
    const other = url.replace("127.0.0.1", "[::1]");
    expect((await failureOf(["replay", "4", "--url", other], { servers })).hint).not.toBe("Unlock it.");
    expect(await failureOf(["errors", "9", "--url", url])).toMatchObject({
      code: "RECORD_NOT_FOUND",
      message: "There is no error 9.",
      hint: "List them: highball errors",
    });
  });
});

/** Fails at /pay if the price is 0. */
function application(price: string): string {
  return `
def app(environ, start_response):
    if environ["PATH_INFO"] == "/pay":
        total = 6
        total / ${price}
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["wsgi.input"].read() or b"fine"]
`;
}

/** Serves a project in a folder of its own, until the test has finished. */
async function serve(words: readonly string[] = []): Promise<{ readonly cwd: string; readonly url: string }> {
  const cwd = makeFolder({ "app.py": application("0"), "views/x.py": "" });
  const env = { HIGHBALL_PYTHON: python };
  const server = startCli(["dev", "--port", "0", ...words], { cwd, env });
  onTestFinished(async () => {
    server.process.kill("SIGTERM");
    await server.exited;
  });
  const [, url = ""] = await server.waitFor(/(http:\S+)[^]*Press Ctrl/);
  return { cwd, url };
}

describe("a server in development", () => {
  it("is asked for its errors and requests, and to send one again once the code is mended", async () => {
    const { cwd, url } = await serve();
    const headers = { Authorization: "Bearer hunter2" };
    await fetch(`${url}/pay?token=hunter2`, { method: "POST", body: "a=1", headers });
    await fetch(url);
    const listed = await runCli(["errors"], { cwd: join(cwd, "views") });
    expect(listed.stdout).toMatch(
      /^ {2}1 {2}\S+ {2}POST \/pay\?token=\S+ {2}ZeroDivisionError: division by zero {2}\/.*\/app\.py:\d+\n$/,
    );
    const shown = await runCli(["errors", "1"], { cwd });
    expect(shown.stdout).toMatch(/^Traceback \(most recent call last\):\n/);
    expect(shown.stdout).toMatch(/^ {2}total += 6$/m);
    const markdown = await runCli(["errors", "last", "--markdown"], { cwd });
    expect(markdown.stdout).toContain("ZeroDivisionError");
    const requested = await runCli(["requests", "1"], { cwd });
    expect(requested.stdout).toMatch(/^POST \/pay\?token=\S+ HTTP\/1\.1\n[^]*\n\na=1\n\n500 in \d+ ms/);
    for (const { stdout } of [listed, shown, markdown, requested]) expect(stdout).not.toContain("hunter2");
    const again = await runCli(["replay", "1"], { cwd });
    expect(again.exitCode).toBe(1);
    expect(again.stdout).toMatch(
      /^POST \/pay\?token=\S+ → 500 in \d+ ms\nZeroDivisionError: division by zero\n {2}highball errors 2\n$/,
    );
    writeFileSync(join(cwd, "app.py"), application("2"));
    const mended = await runCli(["replay", "last", "--json"], { cwd });
    expect(mended.exitCode).toBe(0);
    expect(JSON.parse(mended.stdout)).toMatchObject({ status: 200, error: null, answer: { body: "a=1" } });
  });

  it.each([[[]], [["--no-reload"]]])("tells of errors as they come, with the flags %j", async (words) => {
    const { cwd, url } = await serve(words);
    const following = startCli(["errors", "--follow"], { cwd });
    onTestFinished(async () => {
      following.process.kill("SIGKILL");
      await following.exited;
    });
    await expect
      .poll(
        async () => {
          await fetch(`${url}/pay`);
          return following.stdout();
        },
        { timeout: 20_000 },
      )
      .toContain("ZeroDivisionError");
  });

  it("has nothing to tell without a debugger", async () => {
    const { cwd, url } = await serve(["--no-debug"]);
    const { exitCode, stderr } = await runCli(["errors"], { cwd });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("error: No server with a debugger runs for the project");
    const named = await runCli(["errors", "--url", url], { cwd });
    expect(named).toMatchObject({ exitCode: 1, stdout: "" });
    expect(named.stderr).toContain(`error: What answers at "${url}" has no debugger`);
  });

  it("keeps no errors where they are left alone", async () => {
    const { cwd, url } = await serve(["--passthrough-errors"]);
    expect((await fetch(`${url}/pay`)).status).toBe(500);
    expect(await runCli(["errors"], { cwd })).toEqual({
      exitCode: 0,
      stdout: "",
      stderr: `No errors: ${url} has had none since it was started.\n`,
    });
  });

  it("is found no more once it has stopped", async () => {
    const cwd = makeFolder({ "app.py": application("1") });
    const server = startCli(["dev", "--port", "0"], { cwd, env: { HIGHBALL_PYTHON: python } });
    await server.waitFor(/Press Ctrl/);
    server.process.kill("SIGTERM");
    await server.exited;
    const { exitCode, stderr } = await runCli(["errors"], { cwd });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("error: No server with a debugger runs for the project");
  });
});
