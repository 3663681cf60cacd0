import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { request, Agent } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serve, type Server } from "../../src/index.ts";
import { apps } from "../support/environment.ts";

const SEED = 20261120;
const REQUESTS = 3000;
const CLIENTS = 24;

/** A small linear congruential generator: the same kills and pauses at every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Outcome {
  readonly name: string;
  readonly status: number;
  readonly text: string;
}

let folder = "";
let server: Server;

function send(agent: Agent, name: string, body: string, pause: number): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const headers = pause > 0 ? { "X-Pause": String(pause) } : {};
    const options = { host: "127.0.0.1", port: server.port, path: `/${name}`, agent, headers };
    const outgoing = request({ ...options, method: body === "" ? "GET" : "POST" }, (response) => {
      let text = "";
      response.setEncoding("latin1");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve({ name, status: response.statusCode ?? 0, text }));
      response.on("error", reject);
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "highball-chaos-"));
  server = await serve({
    application: "chaos:app",
    chdir: apps,
    bind: ["127.0.0.1:0"],
    workers: 3,
    threads: 2,
    env: { LEDGER: join(folder, "ledger"), PYTHONDONTWRITEBYTECODE: "1" },
    errorLogfile: join(folder, "error.log"),
  });
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

describe("workers killed under load", () => {
  it(
    "cost what they ran, and nothing else: every request is accounted for",
    { timeout: 120_000 },
    async () => {
      const chance = generator(SEED);
      const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
      const outcomes: Outcome[] = [];
      const wrong: string[] = [];
      let next = 0;
      let kills = 0;
      const client = async (): Promise<void> => {
        while (next < REQUESTS) {
          const index = next++;
          const body = chance() < 0.3 ? `body of ${index}` : "";
          const pause = chance() < 0.02 ? 0.05 : 0;
          // oxlint-disable-next-line no-await-in-loop -- a client of its own: one request after the other
          const outcome = await send(agent, `r${index}`, body, pause);
          outcomes.push(outcome);
          if (outcome.status === 200 && outcome.text !== `r${index} ${body}`) wrong.push(outcome.text);
          // Every hundredth request or so is the last that some worker sees.
          if (chance() < 0.01) {
            const pids = server.workerPids;
            const pid = pids[Math.floor(chance() * pids.length)];
            if (pid !== undefined && pid > 0) {
              process.kill(pid, "SIGKILL");
              kills += 1;
            }
          }
        }
      };
      await Promise.all(Array.from({ length: CLIENTS }, client));
      agent.destroy();

      expect(kills).toBeGreaterThan(10);
      // Answered, each once: no connection was refused or reset, or `send` would have thrown.
      expect(outcomes).toHaveLength(REQUESTS);
      expect(wrong).toEqual([]);
      expect(new Set(outcomes.map((outcome) => outcome.status))).toEqual(new Set([200, 502]));

      const started = (await readFile(join(folder, "ledger"), "latin1")).trimEnd().split("\n");
      // Never started twice, whatever died.
      expect(new Set(started).size).toBe(started.length);
      const startedNames = new Set(started);
      const answered = outcomes.filter((outcome) => outcome.status === 200);
      expect(answered.filter(({ name }) => !startedNames.has(name))).toEqual([]);
      // A worker takes at most what its two runners had: the rest went elsewhere.
      const lost = outcomes.filter((outcome) => outcome.status === 502).length;
      expect(lost).toBeLessThanOrEqual(kills * 2);
    },
  );
});
