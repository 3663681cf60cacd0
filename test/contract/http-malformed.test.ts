import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serve, type Server } from "../../src/index.ts";
import { apps, python } from "../support/environment.ts";
import { Client } from "../support/http-client.ts";
import { type Manner, manners, sendRaw } from "../support/raw-socket.ts";
import { malformed } from "./corpus/malformed.ts";
import type { Rule } from "./corpus/rule.ts";

let folder: string;
let server: Server;
let refusals = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "highball-malformed-"));
  server = await serve({
    application: "ledger:app",
    chdir: apps,
    bind: ["127.0.0.1:0"],
    workers: 1,
    python,
    env: { LEDGER: join(folder, "ledger"), PYTHONDONTWRITEBYTECODE: "1" },
    errorLogfile: join(folder, "error.log"),
    accessLogfile: join(folder, "access.log"),
    // The clients of this test are strangers, not proxies.
    forwardedAllowIps: [],
  });
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** What the application has run so far, a line a request. */
function ran(): Promise<string> {
  return readFile(join(folder, "ledger"), "utf8").catch(() => "");
}

/** The answer to bytes that hold no valid request. @throws FramingError if anything follows it */
async function refusalOf(bytes: string, manner: Manner): Promise<{ status: number; text: string }> {
  const client = await Client.connect({ host: "127.0.0.1", port: server.port });
  try {
    await sendRaw(client, bytes, manner);
    const { status, text, interim } = await client.response({
      method: bytes.startsWith("HEAD ") ? "HEAD" : "GET",
    });
    expect(interim).toEqual([]);
    await client.closed();
    refusals += 1;
    return { status, text };
  } finally {
    client.destroy();
  }
}

/** The statuses that are right for a rule's requests. */
function right(rule: Rule, manner: Manner): readonly number[] {
  return manner === "at once" || rule.statusInPieces === undefined
    ? [rule.status]
    : [rule.status, rule.statusInPieces];
}

const titled = malformed.map((rule) => [`${rule.source}: ${rule.rule} (${rule.status})`, rule] as const);

describe.each(titled)("%s", (_title, rule) => {
  const sent = Object.entries(rule.cases).flatMap(([name, bytes]) =>
    manners(bytes).map((manner) => [name, manner, bytes] as const),
  );

  it.each(sent)("%s, %s", async (_name, manner, bytes) => {
    const { status, text } = await refusalOf(bytes, manner);
    expect({ right: right(rule, manner).includes(status), status, text }).toMatchObject({ right: true });
    expect(await ran()).toBe("");
  });
});

describe("after all of them", () => {
  it("the application has run nothing but a request that is made now", async () => {
    const client = await Client.connect({ host: "127.0.0.1", port: server.port });
    const response = await client.fetch("GET", "/last");
    client.destroy();
    expect(response.status).toBe(200);
    expect(await ran()).toBe("GET '/last'\n");
  });

  it("each log has one line for each refusal, of printable characters", async () => {
    await server.close();
    const log = await readFile(join(folder, "error.log"), "latin1");
    expect(log.split("\n").filter((text) => text.includes("Refused a request"))).toHaveLength(refusals);
    expect(log).toMatch(/^[\n\x20-\x7e]*$/);
    const access = await readFile(join(folder, "access.log"), "latin1");
    expect(access.trimEnd().split("\n")).toHaveLength(refusals + 1);
    expect(access).toMatch(/^[\n\x20-\x7e]*$/);
  });
});
