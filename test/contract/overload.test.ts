/** More requests than there are runners for, and workers that die: what is refused, what is kept, what is run again. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Client, Response } from "../support/http-client.ts";
import { Fixture, type Transport } from "./transports.ts";

/** Serves for the tests of one `describe`. */
function serving(transport: Transport, settings: Parameters<typeof Fixture.start>[1]): () => Fixture {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await Fixture.start(transport, settings);
  });
  afterEach(() => fixture.settle());
  afterAll(() => fixture.close());
  return () => fixture;
}

const sizes: readonly Transport[] = [
  { name: "1 worker of 1 thread", socket: "tcp", workers: 1, threads: 1 },
  { name: "1 worker of 3 threads", socket: "tcp", workers: 1, threads: 3 },
  { name: "2 workers of 2 threads", socket: "tcp", workers: 2, threads: 2 },
];

/** Occupies every runner there is; `release` lets them go. */
async function occupyAll(fixture: Fixture, { workers, threads }: Transport): Promise<() => Promise<void>> {
  const holders: Client[] = [];
  for (let count = 0; count < workers * threads; count += 1) {
    // oxlint-disable-next-line no-await-in-loop -- each must have found its runner before the next comes
    const client = await fixture.connect();
    client.request("GET", "/streaming/hold?busy");
    holders.push(client);
  }
  await Promise.all(holders.map(() => fixture.stage.reached("busy")));
  return async () => {
    for (const _ of holders) fixture.stage.cue("busy");
    const answers = await Promise.all(holders.map((holder) => holder.response()));
    expect(answers.map(({ text }) => text)).toEqual(holders.map(() => "busy"));
  };
}

/** Connections with one request each, sent in this order; the gateway has seen them all. */
async function sendAll(fixture: Fixture, targets: readonly string[]): Promise<Client[]> {
  const clients: Client[] = [];
  for (const target of targets) {
    // oxlint-disable-next-line no-await-in-loop -- in order
    const client = await fixture.connect();
    client.request("GET", target);
    clients.push(client);
  }
  await fixture.seen();
  return clients;
}

function numbered(count: number, name: string): string[] {
  return Array.from({ length: count }, (_, index) => `/streaming/tell?${name}-${index}`);
}

/** A response that may not come for long. */
interface Pending {
  readonly response: Promise<Response>;
  /** Null as long as it has not come. */
  readonly early: () => Response | null;
}

function pending(client: Client): Pending {
  let early: Response | null = null;
  const response = client.response().then((whole) => (early = whole));
  return { response, early: () => early };
}

const QUEUE = 5;

describe.each(sizes)("a queue of 5 before $name", (transport) => {
  const fixture = serving(transport, { application: "contract:app", queueLimit: QUEUE });
  const runners = transport.workers * transport.threads;

  it("answers 503 to what does not fit, at once, and everything else in the end", async () => {
    const release = await occupyAll(fixture(), transport);
    const total = 60;
    const clients = await sendAll(fixture(), numbered(total, "waiting"));
    const answers = clients.map(pending);
    // What the gateway said before this answer has come before it.
    await fixture().seen();
    const early = answers.map((answer) => answer.early());
    const refused = early.filter((response) => response !== null);
    for (const response of refused) {
      expect(response.status).toBe(503);
      expect(response.get("retry-after")).toBe("1");
      // RFC 9110 §15.6.4: try again, on the same connection.
      expect(response.get("connection")).not.toBe("close");
    }
    // Beyond the queue a worker may hold a millisecond of work for each runner, until it is seen to be busy: four
    // requests of one that nobody has measured yet.
    expect(total - refused.length).toBeGreaterThanOrEqual(QUEUE);
    expect(total - refused.length).toBeLessThanOrEqual(QUEUE + 4 * runners);
    // First come, first served: those who came first are not the ones refused.
    expect(early.findLastIndex((response) => response === null)).toBe(total - refused.length - 1);
    expect(numbered(total, "waiting").filter((target) => fixture().stage.has(target.slice(16)))).toEqual([]);

    await release();
    const late = await Promise.all(answers.slice(0, total - refused.length).map(({ response }) => response));
    expect(late.map(({ status }) => status)).toEqual(late.map(() => 200));
    // The server is its old self again, also for those it refused.
    const again = await Promise.all(clients.slice(-QUEUE).map((client) => client.fetch("GET", "/hello")));
    expect(again.map(({ text }) => text)).toEqual(again.map(() => "Hello, World!"));
    expect(await fixture().log()).toMatch(/Requests are answered 503: \d+ requests are waiting/);
  });

  it("has room again when those who wait leave, and never runs what they had asked for", async () => {
    const release = await occupyAll(fixture(), transport);
    for (const round of ["a", "b", "c", "d"]) {
      // oxlint-disable-next-line no-await-in-loop -- one crowd after the other
      const ghosts = await sendAll(fixture(), numbered(QUEUE + runners, `ghost-${round}`));
      for (const ghost of ghosts) ghost.destroy();
      // oxlint-disable-next-line no-await-in-loop -- until the gateway has seen them go
      await expect.poll(() => fixture().server.inFlight).toBe(runners);
    }
    const [patient] = (await sendAll(fixture(), ["/streaming/tell?patient"])).map(pending);
    await fixture().seen();
    expect(patient?.early()).toBeNull();
    await release();
    expect((await patient?.response)?.status).toBe(200);
    for (const round of ["a", "b", "c", "d"]) {
      const ran = numbered(QUEUE + runners, `ghost-${round}`).filter((target) =>
        fixture().stage.has(target.slice("/streaming/tell?".length)),
      );
      expect(ran).toEqual([]);
    }
  });
});

describe.each(sizes)("a waiting time of 0.4 s before $name", (transport) => {
  const fixture = serving(transport, { application: "contract:app", queueTimeout: 0.4 });

  it("answers 503 to what has waited longer, wherever it waited; what runs goes on", async () => {
    const release = await occupyAll(fixture(), transport);
    const since = performance.now();
    const clients = await sendAll(fixture(), numbered(12, "late"));
    const answers = await Promise.all(clients.map((client) => client.response()));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 503));
    expect(answers.map((answer) => answer.get("retry-after"))).toEqual(answers.map(() => "5"));
    expect(performance.now() - since).toBeGreaterThanOrEqual(400);
    await release();
    const client = await fixture().connect();
    expect((await client.fetch("GET", "/hello")).status).toBe(200);
    const ran = numbered(12, "late").filter((target) => fixture().stage.has(target.slice(16)));
    expect(ran).toEqual([]);
    expect(await fixture().log()).toContain("Requests are answered 503: no worker was free for 0.4 s");
  });
});

describe("a queue of 0", () => {
  const transport: Transport = { name: "", socket: "tcp", workers: 1, threads: 2 };
  const fixture = serving(transport, { application: "contract:app", queueLimit: 0 });

  it("serves while a runner is free", async () => {
    const holder = await fixture().connect();
    holder.request("GET", "/streaming/hold?one");
    await fixture().stage.reached("one");
    const client = await fixture().connect();
    for (let count = 0; count < 50; count += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect((await client.fetch("GET", "/hello")).status).toBe(200);
    }
  });
});

describe.each([true, false])("a worker that dies, retryIdempotent: %s", (retryIdempotent) => {
  let folder = "";
  let fixture: Fixture;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "highball-retry-"));
    fixture = await Fixture.start(
      { name: "", socket: "tcp", workers: 4, threads: 2 },
      {
        application: "retry:app",
        retryIdempotent,
        bodyMemory: 64 * 1024,
        env: { LEDGER: join(folder, "ledger") },
      },
    );
  });
  afterEach(() => fixture.settle());
  afterAll(async () => {
    await fixture.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** How often the application has run this request. */
  async function runs(request: string): Promise<number> {
    const ledger = await readFile(join(folder, "ledger"), "utf8");
    return ledger.split("\n").filter((line) => line === request).length;
  }

  const again = retryIdempotent ? "once more" : "never";

  it.each([
    ["GET", "/dies-once", again, ""],
    ["HEAD", "/dies-once", again, ""],
    ["GET", "/dies-once?body", again, "small"],
    ["GET", "/dies-always", again, ""],
    ["POST", "/dies-once", "never", "small"],
    ["PUT", "/dies-once", "never", "small"],
    ["DELETE", "/dies-once", "never", ""],
    ["OPTIONS", "/dies-once", "never", ""],
    // The worker that died had its file: nobody has its body any more.
    ["GET", "/dies-once?spooled", "never", "x".repeat(200_000)],
  ])("has %s %s run %s", async (method, target, times, body) => {
    const client = await fixture.connect();
    const response = await client.fetch(method, target, body === "" ? {} : { body });
    const saved = times === "once more" && target !== "/dies-always";
    expect(response.status).toBe(saved ? 200 : 502);
    expect(response.text).toContain(saved ? body : "");
    expect(await runs(`${method} ${target}`)).toBe(times === "once more" ? 2 : 1);
  });

  it("never has a request run again whose response had begun", async () => {
    const client = await fixture.connect();
    client.request("GET", "/dies-after-its-first-block");
    expect((await client.cut()).toString()).toMatch(/^(first block)?$/);
    expect(await runs("GET /dies-after-its-first-block")).toBe(1);
  });
});
