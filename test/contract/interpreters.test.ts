/** The same application with every interpreter that this machine has: one request of each kind. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { makeFolder } from "../support/folder.ts";
import type { Response } from "../support/http-client.ts";
import { interpreters } from "../support/interpreters.ts";
import { Fixture } from "./transports.ts";

const MIB = 1024 * 1024;

/** Larger than what a worker sends itself. */
const contents = "0123456789abcdef".repeat(20_000);

describe("an application runs", () => {
  let fixture: Fixture | undefined;
  afterEach(async () => {
    await fixture?.close();
    fixture = undefined;
  });

  for (const { name, path, missing } of interpreters()) {
    it(`with ${name}`, { timeout: 60_000 }, async (context) => {
      if (path === null) {
        context.skip(missing);
        return;
      }
      const file = join(makeFolder({ contents }), "contents");
      fixture = await Fixture.start(
        { name, socket: "tcp", workers: 1, threads: 2 },
        { application: "contract:app", python: path, bodyMemory: MIB, env: { X_FILE: file } },
      );
      const { server, stage } = fixture;
      expect(server.python).toMatch(/^(Python|PyPy) 3\.\d+\.\d+$/);
      const client = await fixture.connect();
      const get = (target: string): Promise<Response> => client.fetch("GET", target);

      expect((await get("/hello")).text).toBe("Hello, World!");
      expect((await get("/echo/caf%C3%A9?q=%20")).json()).toMatchObject({
        environ: { PATH_INFO: "/caf\u00c3\u00a9", QUERY_STRING: "q=%20" },
      });

      const body = Buffer.alloc(2 * MIB, "spooled ");
      expect((await client.fetch("POST", "/echo", { body })).json()).toMatchObject({
        body: { length: 2 * MIB, sha256: createHash("sha256").update(body).digest("hex") },
      });

      // The next block is made when this one has reached the client.
      client.request("GET", "/streaming/steps");
      const head = await client.head();
      expect([head.status, head.get("transfer-encoding")]).toEqual([200, "chunked"]);
      for (const number of [1, 2, 3]) {
        // oxlint-disable-next-line no-await-in-loop -- one block after the other
        expect((await client.chunk()).toString()).toBe(`block ${number}\n`);
        stage.cue(`after block ${number}`);
      }
      expect((await client.chunk()).toString()).toBe("");

      expect((await get("/mistakes/raises")).status).toBe(500);
      expect((await get("/files/whole")).text === contents).toBe(true);

      // A client that leaves is noticed, and its iterable closed.
      const leaving = await fixture.connect();
      leaving.request("GET", "/streaming/endless");
      await stage.reached("begun");
      leaving.destroy();
      await stage.reached("closed");

      const [pid] = server.workerPids;
      expect((await get("/crashes/kill")).status).toBe(502);
      expect((await get("/hello")).text).toBe("Hello, World!");
      expect(server.workerPids).not.toContain(pid);
    });
  }
});
