/**
 * Broken requests in broken pieces, many at once: the server neither crashes nor hangs, speaks HTTP to
 * the last byte, and keeps from the application what no application may see.
 *
 * What a request must be taken for is http-fuzz.test.ts's to ask; this asks what must never happen.
 */
import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, FramingError, type Head, Truncated } from "../support/http-client.ts";
import { Random } from "../support/random.ts";
import { malformed } from "./corpus/malformed.ts";
import { wellFormed } from "./corpus/well-formed.ts";
import { Fixture } from "./transports.ts";

const SEED = Number(process.env["FUZZ_SEED"] ?? 20261120);
const CASES = Number(process.env["FUZZ_CASES"] ?? 3000);
/** Connections at the same time. */
const CONNECTIONS = 100;
/** Milliseconds in which every connection must have come to its end. */
const LONGEST = 10_000;

const short = (bytes: string): boolean => bytes.length < 20_000;
const good = wellFormed.map(({ bytes }) => bytes).filter(short);
const bad = malformed.flatMap(({ cases }) => Object.values(cases)).filter(short);

function pickRequest(random: Random): string {
  return random.pick(random.chance(0.8) ? good : bad);
}

type Mutation = (bytes: string, random: Random) => string;

const lines = (bytes: string): string[] => bytes.split(/(?<=\n)/);

function edit(bytes: string, random: Random, removed: number, inserted: string): string {
  const at = random.below(bytes.length + 1);
  return bytes.slice(0, at) + inserted + bytes.slice(at + removed);
}

/** What is dear to parsers. */
const treasures = [
  "\r\n",
  "\n",
  "\r",
  "\0",
  " ",
  "\t",
  ":",
  ",",
  ";",
  "%",
  "%00",
  "%0d%0a",
  "\xff",
  "\x80",
  "-1",
  "+1",
  "0x10",
  "99999999999999999999",
  "chunked",
  "Content-Length: 5\r\n",
  "Transfer-Encoding: chunked\r\n",
  "\r\n\r\n",
  "Expect: 100-continue\r\n",
  "Connection: keep-alive\r\n",
  "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n",
  "0\r\n\r\n",
];

const mutations: readonly Mutation[] = [
  // A bit is flipped.
  (bytes, random) => {
    const at = random.below(bytes.length);
    const flipped = bytes.charCodeAt(at) ^ (1 << random.below(8));
    return bytes.slice(0, at) + String.fromCharCode(flipped) + bytes.slice(at + 1);
  },
  // Bytes are missing, at the end or within.
  (bytes, random) => bytes.slice(0, random.below(bytes.length + 1)),
  (bytes, random) => edit(bytes, random, 1 + random.below(8), ""),
  // Bytes are added, or take the place of others.
  (bytes, random) => edit(bytes, random, 0, random.pick(treasures)),
  (bytes, random) => edit(bytes, random, 1 + random.below(4), random.pick(treasures)),
  (bytes, random) =>
    edit(bytes, random, 0, String.fromCharCode(random.below(256)).repeat(1 + random.below(3))),
  // Lines come twice, or in another order.
  (bytes, random) => {
    const all = lines(bytes);
    all.splice(random.below(all.length), 0, random.pick(all));
    return all.join("");
  },
  (bytes, random) => {
    const all = lines(bytes);
    const [taken = ""] = all.splice(random.below(all.length), 1);
    all.splice(random.below(all.length + 1), 0, taken);
    return all.join("");
  },
  // The beginning of one request and the end of another; or one after the other.
  (bytes, random) => {
    const other = pickRequest(random);
    return bytes.slice(0, random.below(bytes.length)) + other.slice(random.below(other.length));
  },
  (bytes, random) => bytes + pickRequest(random),
];

interface Case {
  readonly number: number;
  readonly bytes: string;
  /** As they are written, one after the other. */
  readonly pieces: readonly string[];
  /** What the client does in the end. */
  readonly end: "wait" | "half-close" | "leave" | "reset" | "reset at the first answer";
}

function makeCase(number: number, random: Random): Case {
  let bytes = pickRequest(random);
  for (let count = random.below(4); count > 0; count -= 1) {
    if (bytes.length > 0) bytes = random.pick(mutations)(bytes, random);
  }
  const pieces: string[] = [];
  // One write, a few, or byte by byte.
  const longest = random.pick([Infinity, Infinity, 100, 10, bytes.length < 300 ? 1 : 50]);
  for (let start = 0; start < bytes.length;) {
    const size = longest === Infinity ? bytes.length : 1 + random.below(longest);
    pieces.push(bytes.slice(start, start + size));
    start += size;
  }
  const end = random.chance(0.7)
    ? "wait"
    : random.pick(["half-close", "leave", "reset", "reset at the first answer"] as const);
  return { number, bytes, pieces, end };
}

/** What the application says of a request, test/apps/fuzzed.py. */
interface Told {
  readonly wrong: readonly string[];
  readonly target: string;
  readonly length: string | null;
  readonly body: string;
}

/** Reads all that the server says, by the letter. @returns what the application told of each request it ran */
async function listen(client: Client, { end, bytes }: Case): Promise<Told[]> {
  const told: Told[] = [];
  for (;;) {
    let head: Head;
    try {
      // oxlint-disable-next-line no-await-in-loop -- one response after the other
      head = await client.head();
    } catch (error) {
      // Between two responses is where a connection may end.
      if (error instanceof Truncated && error.received.length === 0) return told;
      throw error;
    }
    expect(head.version).toBe("1.1");
    if (head.status === 100) continue;
    const size = Number(head.get("content-length"));
    if (head.status === 200) {
      if (head.get("x-method") === "HEAD") continue;
      // oxlint-disable-next-line no-await-in-loop
      told.push(JSON.parse((await client.bytes(size)).toString()) as Told);
      continue;
    }
    // A refusal is the last word, and has no body if it was HEAD that was refused.
    expect([head.status >= 400 && head.status < 600, head.get("connection")]).toEqual([true, "close"]);
    // oxlint-disable-next-line no-await-in-loop
    const rest = await client.rest();
    const isWhole = rest.length === size || (rest.length === 0 && bytes.includes("HEAD"));
    if (!isWhole && end === "wait")
      throw new FramingError(`after ${head.status}: ${JSON.stringify(rest.toString())}`);
    return told;
  }
}

describe(`${CASES} broken requests, FUZZ_SEED=${SEED}`, () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await Fixture.start(
      { name: "", socket: "tcp", workers: 2, threads: 2 },
      {
        application: "fuzzed:app",
        // What stays open is closed soon.
        headerTimeout: 0.5,
        bodyTimeout: 0.5,
        bodyMinimumRate: 100_000,
        keepAlive: 0.3,
        bodyMemory: 16,
        limitRequestBody: 100_000,
        forwardedAllowIps: [],
        accessLogfile: "/dev/null",
      },
    );
  });
  afterAll(() => fixture.close());

  async function run(each: Case): Promise<number> {
    const client = await fixture.connect();
    const answers = listen(client, each);
    // A client that leaves may find its connection reset, and half a response.
    const heard = each.end === "wait" ? answers : answers.catch(() => []);
    for (const piece of each.pieces) {
      if (!client.socket.writable) break;
      client.send(piece);
      // A turn to write and one for the other end to read.
      // oxlint-disable-next-line no-await-in-loop -- the pieces go one after the other
      await turn();
      // oxlint-disable-next-line no-await-in-loop
      await turn();
    }
    if (each.end === "half-close") client.socket.end();
    else if (each.end === "leave") client.destroy();
    else if (each.end === "reset") client.socket.resetAndDestroy();
    else if (each.end === "reset at the first answer") {
      await Promise.race([once(client.socket, "data"), answers.catch(() => undefined)]);
      client.socket.resetAndDestroy();
    }
    const told = await heard;
    for (const { wrong, length, body } of told) {
      expect(wrong).toEqual([]);
      expect(body.length).toBe(Number(length ?? 0));
      // Not decoded from chunks, or else of one: then it must stand in what was sent, as it is.
      if (!/chunked/i.test(each.bytes)) expect(each.bytes).toContain(body);
    }
    client.destroy();
    return told.length;
  }

  /** Runs a case, and says which one it was when it fails. */
  async function runOrTell(each: Case): Promise<number> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not at its end within ${LONGEST} ms`)), LONGEST);
    });
    try {
      return await Promise.race([run(each), late]);
    } catch (error) {
      const { number, end, pieces } = each;
      throw new Error(
        `case ${number} of FUZZ_SEED=${SEED} (${end}): ${JSON.stringify(pieces)}\n${String(error)}`,
        { cause: error },
      );
    } finally {
      clearTimeout(timer);
    }
  }

  it(
    "are answered in HTTP, each within its time, and show the application nothing it may not see",
    { timeout: 60_000 },
    async () => {
      const random = new Random(SEED);
      const cases = Array.from({ length: CASES }, (_, number) => makeCase(number, random));
      await expect.poll(() => fixture.server.workerPids).toHaveLength(2);
      const { workerPids } = fixture.server;
      let next = 0;
      let served = 0;
      const connection = async (): Promise<void> => {
        for (let each = cases[next++]; each !== undefined; each = cases[next++]) {
          // oxlint-disable-next-line no-await-in-loop -- one case after the other
          const count = await runOrTell(each);
          served += count;
        }
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, connection));
      // Neither all refused nor all let through: the cases are worth their name.
      expect(served).toBeGreaterThan(CASES / 4);
      expect(served).toBeLessThan(CASES);
      expect(fixture.server.workerPids).toEqual(workerPids);
    },
  );

  it("leave a server that answers, with nothing in flight and a log of printable characters", async () => {
    const client = await fixture.connect();
    const response = await client.fetch("POST", "/last", { body: "last" });
    expect(response.json()).toMatchObject({ wrong: [], target: "/last", body: "last" });
    client.destroy();
    await expect.poll(() => fixture.server.inFlight).toBe(0);
    expect(await fixture.log()).toMatch(/^[\n\x20-\x7e]*$/);
    expect(await fixture.output()).toBe("");
  });
});
