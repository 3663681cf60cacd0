import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serve, type Server } from "../../src/index.ts";
import { apps, python } from "../support/environment.ts";
import { Client, type Response } from "../support/http-client.ts";
import { type Manner, manners, sendRaw } from "../support/raw-socket.ts";
import type { WellFormed } from "./corpus/rule.ts";
import { wellFormed } from "./corpus/well-formed.ts";

let folder: string;
let server: Server;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "highball-well-formed-"));
  server = await serve({
    application: "ledger:app",
    chdir: apps,
    bind: ["127.0.0.1:0"],
    workers: 1,
    python,
    env: { LEDGER: join(folder, "ledger"), PYTHONDONTWRITEBYTECODE: "1" },
    errorLogfile: join(folder, "error.log"),
  });
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Requests that the application has run so far. */
async function ran(): Promise<number> {
  const ledger = await readFile(join(folder, "ledger"), "utf8").catch(() => "");
  return ledger.split("\n").length - 1;
}

/** What test/apps/echo.py tells of one request. */
interface Echo {
  readonly environ: Readonly<Record<string, unknown>>;
  readonly body: { readonly length: number; readonly sha256: string };
}

function echoOf(response: Response): Echo {
  // oxlint-disable-next-line no-unsafe-type-assertion -- the application is the test's own
  return response.json() as Echo;
}

/** What came back for one of the requests, of the environ only what is asked for. */
interface Answer {
  readonly status: number;
  readonly environ: Readonly<Record<string, unknown>>;
  readonly body: Echo["body"];
}

interface Outcome {
  readonly answers: readonly Answer[];
  /** Status of the refusal that ended the connection. */
  readonly refusal: number | undefined;
  /** Path of a request made afterwards, where the connection was still open. */
  readonly again: unknown;
  /** Requests that the application has run. */
  readonly ran: number;
}

/** Sends the bytes and reads what they promise. */
async function outcomeOf(request: WellFormed, manner: Manner): Promise<Outcome> {
  const before = await ran();
  const client = await Client.connect({ host: "127.0.0.1", port: server.port });
  try {
    await sendRaw(client, request.bytes, manner);
    const answers: Answer[] = [];
    for (const arrival of request.arrivals) {
      // oxlint-disable-next-line no-await-in-loop -- in the order of the requests
      const response = await client.response();
      const { environ, body } = echoOf(response);
      const asked = Object.keys(arrival.environ).map((name) => [name, environ[name]] as const);
      answers.push({ status: response.status, environ: Object.fromEntries(asked), body });
    }
    const refusal = request.refusal === undefined ? undefined : (await client.response()).status;
    let again: unknown;
    if (staysOpen(request)) again = echoOf(await client.fetch("GET", "/again")).environ["PATH_INFO"];
    else await client.closed();
    return { answers, refusal, again, ran: (await ran()) - before };
  } finally {
    client.destroy();
  }
}

function staysOpen(request: WellFormed): boolean {
  return request.persistent !== false && request.refusal === undefined;
}

function promised(request: WellFormed): Outcome {
  const answers = request.arrivals.map((arrival) => {
    const body = Buffer.from(arrival.body ?? "", "latin1");
    const sha256 = createHash("sha256").update(body).digest("hex");
    return { status: 200, environ: arrival.environ, body: { length: body.length, sha256 } };
  });
  return {
    answers,
    refusal: request.refusal,
    again: staysOpen(request) ? "/again" : undefined,
    ran: answers.length + (staysOpen(request) ? 1 : 0),
  };
}

describe.each(wellFormed.map((request) => [request.name, request] as const))("%s", (_name, request) => {
  const ways: readonly Manner[] = request.atOnceOnly === true ? ["at once"] : manners(request.bytes);

  it.each(ways)("%s", async (manner) => {
    expect(await outcomeOf(request, manner)).toEqual(promised(request));
  });
});
