import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serve, type Server } from "../../src/index.ts";
import { apps, python } from "../support/environment.ts";
import { Client, type Response } from "../support/http-client.ts";
import { readRequests, type ReferenceRequest } from "../support/reference-reader.ts";
import { malformed } from "./corpus/malformed.ts";
import { wellFormed } from "./corpus/well-formed.ts";

let folder: string;
let server: Server;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "highball-fuzz-"));
  server = await serve({
    application: "echo:app",
    chdir: apps,
    bind: ["127.0.0.1:0"],
    workers: 1,
    python,
    env: { PYTHONDONTWRITEBYTECODE: "1" },
    errorLogfile: join(folder, "error.log"),
    forwardedAllowIps: [],
  });
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** One request as the application got it. */
interface Seen {
  readonly status: number;
  readonly method: unknown;
  readonly target: unknown;
  readonly sha256: unknown;
}

function expected({ method, target, body }: ReferenceRequest): Seen {
  const sha256 = createHash("sha256").update(Buffer.from(body, "latin1")).digest("hex");
  return { status: 200, method, target, sha256 };
}

function seenIn(response: Response): Seen {
  // oxlint-disable-next-line no-unsafe-type-assertion -- the application is the test's own
  const echo = response.json() as Record<"environ" | "body", Record<string, unknown>>;
  const { REQUEST_METHOD: method, REQUEST_URI: target } = echo.environ;
  return { status: response.status, method, target, sha256: echo.body["sha256"] };
}

/** What came back for bytes in which the reference reader finds these requests. */
interface Outcome {
  readonly requests: readonly Seen[];
  /** What the server said before it closed the connection. */
  readonly end: "nothing" | "a refusal" | "something else" | "it stayed open";
}

async function outcomeOf(bytes: string, reading: ReturnType<typeof readRequests>): Promise<Outcome> {
  const client = await Client.connect({ host: "127.0.0.1", port: server.port });
  try {
    client.send(bytes);
    const requests: Seen[] = [];
    for (const request of reading.requests) {
      // oxlint-disable-next-line no-await-in-loop -- in the order of the requests
      const response = await client.response({ method: request.method });
      if (response.status !== 200) return { requests, end: "a refusal" };
      // A response to HEAD has nothing to compare.
      requests.push(request.method === "HEAD" ? expected(request) : seenIn(response));
    }
    if (!reading.closes) return { requests, end: "it stayed open" };
    const rest = (await client.rest()).toString("latin1");
    if (rest === "") return { requests, end: "nothing" };
    return {
      requests,
      end: /^(?:HTTP\/1\.1 100 Continue\r\n\r\n)?HTTP\/1\.1 [45]\d\d /.test(rest)
        ? "a refusal"
        : "something else",
    };
  } finally {
    client.destroy();
  }
}

/** Requests of the corpus, valid or not, that are short enough to hit where it matters. */
const seeds = [
  ...wellFormed.map(({ bytes }) => bytes),
  ...malformed.flatMap(({ cases }) => Object.values(cases)),
].filter((bytes) => bytes.length < 400);

/** What has meaning to a parser. */
const pieces =
  "\r\n|\n|\r|\0| |\t|:|,|;|0|3|\xff|%00|#|_|*|/|//|chunked|HTTP/1.1|HTTP/1.0|0\r\n\r\n|Host: b.test\r\n|" +
  "Transfer-Encoding: chunked\r\n|Content-Length: 3\r\n|Connection: close\r\n|Connection: keep-alive\r\n|" +
  "Expect: 100-continue\r\n|X: y\r\n|GET /c HTTP/1.1\r\nHost: c.test\r\n\r\n";

interface Edit {
  readonly kind: "insert" | "delete" | "replace" | "splice" | "append";
  readonly place: number;
  readonly piece: string;
  readonly other: string;
}

function edited(bytes: string, { kind, place, piece, other }: Edit): string {
  const at = place % (bytes.length + 1);
  switch (kind) {
    case "insert":
      return bytes.slice(0, at) + piece + bytes.slice(at);
    case "delete":
      return bytes.slice(0, at) + bytes.slice(at + piece.length);
    case "replace":
      return bytes.slice(0, at) + piece + bytes.slice(at + piece.length);
    case "splice":
      return bytes.slice(0, at) + other.slice(place % (other.length + 1));
    case "append":
      return bytes + other;
  }
}

const edits: fc.Arbitrary<Edit[]> = fc.array(
  fc.record({
    kind: fc.constantFrom<Edit["kind"]>("insert", "delete", "replace", "splice", "append"),
    place: fc.nat(),
    piece: fc.constantFrom(...pieces.split("|")),
    other: fc.constantFrom(...seeds),
  }),
  { maxLength: 3 },
);

const mutated = fc.tuple(fc.constantFrom(...seeds), edits).map(([seed, list]) => list.reduce(edited, seed));

describe("any bytes", () => {
  it("are the requests that a second reader finds in them, or refused", async () => {
    await fc.assert(
      fc.asyncProperty(mutated, async (bytes) => {
        const reading = readRequests(bytes);
        expect(await outcomeOf(bytes, reading)).toEqual({
          requests: reading.requests.map(expected),
          end: reading.rest === "malformed" ? "a refusal" : reading.closes ? "nothing" : "it stayed open",
        });
      }),
      {
        seed: Number(process.env["FUZZ_SEED"] ?? 9112),
        numRuns: Number(process.env["FUZZ_RUNS"] ?? 2000),
        timeout: 5000,
      },
    );
  });

  it("leave a server that answers, and a log of printable characters", async () => {
    const client = await Client.connect({ host: "127.0.0.1", port: server.port });
    const { status } = await client.fetch("GET", "/last");
    client.destroy();
    expect(status).toBe(200);
    await server.close();
    expect(await readFile(join(folder, "error.log"), "latin1")).toMatch(/^[\n\x20-\x7e]*$/);
  });
});
