/**
 * Code is edited all the time under load, and every request is accounted for.
 *
 * A soak of the same: `RELOAD_SOAK_MINUTES=30 npx vitest run test/contract/reload-stress.test.ts`, with another seed
 * each time (`RELOAD_SOAK_SEED=N` repeats one).
 */
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { EditedProject, echoOf, type Verdict } from "../support/edits.ts";
import { python } from "../support/environment.ts";
import { makeFolder } from "../support/folder.ts";
import { Client } from "../support/http-client.ts";
import { childrenOf, survivors } from "../support/processes.ts";
import { Random } from "../support/random.ts";
import { type RunningCli, startCli } from "../support/run-cli.ts";

const MINUTES = Number(process.env["RELOAD_SOAK_MINUTES"] ?? 0);
const SEED = Number(process.env["RELOAD_SOAK_SEED"] ?? (MINUTES > 0 ? Date.now() % 1e6 : 20261120));
/** How the next load gets its interpreter, and how often the code is saved. */
const RUNS: readonly (readonly [zygote: string, edits: number])[] =
  MINUTES > 0
    ? [["auto", 200]]
    : [
        ["auto", 200],
        ["spare", 40],
        ["off", 40],
      ];
/** Clients that keep their connection, and such that open one for each request. */
const KEPT = 4;
const FRESH = 3;
/** Milliseconds that a client waits at most between two requests: the machine has other things to do. */
const LONGEST_REST = 20;
const LARGEST_BODY = 200_000;
/** Milliseconds after which an answer is lost. */
const PATIENCE = 20_000;

/** Bodies are parts of it. */
const material: Buffer = Buffer.alloc(2 * LARGEST_BODY, "The quick brown fox jumps over the lazy dog. ");

class Load {
  readonly counts: Record<Verdict, number> = {
    right: 0,
    "told of broken code": 0,
    stale: 0,
    "lost body": 0,
    wrong: 0,
  };
  /** What no client should ever see. */
  readonly problems: string[] = [];
  /** Versions that answered. */
  readonly seen: Set<string> = new Set();
  readonly #project: EditedProject;
  readonly #port: number;
  /** What the server has written. */
  readonly #log: () => string;
  #over = false;

  constructor(project: EditedProject, port: number, log: () => string) {
    this.#project = project;
    this.#port = port;
    this.#log = log;
  }

  /** Resolves when every request that was sent has been answered. */
  async run(): Promise<() => Promise<void>> {
    const clients = Array.from({ length: KEPT + FRESH }, (_, index) =>
      this.#client(new Random(SEED + index), index < KEPT),
    );
    return async () => {
      this.#over = true;
      await Promise.all(clients);
    };
  }

  async #client(random: Random, keeps: boolean): Promise<void> {
    let client: Client | null = null;
    while (!this.#over) {
      // oxlint-disable-next-line no-await-in-loop -- one request after the other
      await pause(random.below(LONGEST_REST));
      const before = this.#project.moment;
      try {
        // oxlint-disable-next-line no-await-in-loop
        client ??= await Client.connect({ host: "127.0.0.1", port: this.#port });
        // oxlint-disable-next-line no-await-in-loop
        await this.#ask(client, random, keeps);
        if (keeps) continue;
      } catch (error) {
        this.#problem(before, `${keeps ? "kept" : "fresh"} connection: ${String(error)}`);
      }
      client?.destroy();
      client = null;
    }
    client?.destroy();
  }

  async #ask(client: Client, random: Random, keeps: boolean): Promise<void> {
    const posts = random.chance(0.5);
    // As many of 10 to 100 bytes as of 10 to 100 KB.
    const size = Math.floor(10 * (LARGEST_BODY / 10) ** random.next());
    const start = random.below(LARGEST_BODY);
    const body = posts ? material.subarray(start, start + size) : Buffer.alloc(0);
    const target = random.chance(0.05) ? `/?${random.below(150)}` : "/";
    const headers = keeps ? [] : ["Connection: close"];
    const sent = this.#project.moment;
    const options = posts ? { headers, body } : { headers };
    const timer = setTimeout(() => client.socket.destroy(new Error(`no answer in ${PATIENCE} ms`)), PATIENCE);
    const { status, text } = await client.fetch(posts ? "POST" : "GET", target, options);
    clearTimeout(timer);
    const answered = this.#project.moment;
    const verdict = this.#project.judge({ sent, answered, echo: echoOf(body), status, text });
    this.counts[verdict] += 1;
    if (verdict === "right") this.seen.add(text.slice(0, 13));
    else if (verdict !== "told of broken code") this.#problem(sent, `${verdict}: ${status} ${text}`);
  }

  #problem(moment: number, what: string): void {
    if (this.problems.length >= 20) return;
    this.problems.push(`after ${this.#project.describe(moment)}: ${what.slice(0, 600)}`);
    if (this.problems.length === 1)
      this.problems.push(`the log then ended with: ${this.#log().slice(-3000)}`);
  }
}

/** Edits at random moments: broken code and its mending, twice in a moment, and again. */
async function edit(
  project: EditedProject,
  times: number,
  { random, cli }: { random: Random; cli: RunningCli },
): Promise<void> {
  const end = performance.now() + MINUTES * 60_000;
  while (project.moment < times || performance.now() < end || project.isBroken) {
    // oxlint-disable-next-line no-await-in-loop -- one edit after the other
    await pause(random.chance(0.05) ? 700 : random.below(300));
    project.edit(random.chance(0.15));
    if (cli.process.exitCode !== null) return;
    if (!random.chance(0.2)) continue;
    // Within the second, of the same size.
    // oxlint-disable-next-line no-await-in-loop
    await pause(random.below(120));
    if (!project.isBroken) project.editAgain();
  }
}

describe("code that is edited under load", () => {
  it.each(RUNS)(
    `loses no request and answers none by old code (seed ${SEED}, zygote %s, %d edits)`,
    { timeout: 120_000 + MINUTES * 60_000 },
    async (zygote, edits) => {
      const random = new Random(SEED);
      const folder = makeFolder();
      const project = new EditedProject(folder, random);
      const args = ["dev", "app:app", "--port", "0", "--python", python, "--zygote", zygote];
      // The client's Host: errors are told to nobody who asks by another name.
      args.push("--trusted-host", "test");
      const cli = startCli(args, { cwd: folder });
      onTestFinished(async () => {
        cli.process.kill("SIGKILL");
        await cli.exited;
      });
      const [, port = ""] = await cli.waitFor(/http:\/\/[^\s:]+:(\d+)/);

      const load = new Load(project, Number(port), cli.stderr);
      const finish = await load.run();
      await edit(project, edits, { random, cli });
      // The last save is served too.
      const done = (): boolean => load.problems.length > 0 || load.seen.has(project.versions);
      await expect.poll(done, { timeout: 2 * PATIENCE }).toBe(true);
      await finish();

      console.log(`seed ${SEED}: ${JSON.stringify(load.counts)}, ${load.seen.size} versions seen`);
      expect(load.problems).toEqual([]);
      // What was tried is what was meant to be tried.
      expect(load.counts.right).toBeGreaterThan(edits * 5);
      expect(load.counts["told of broken code"]).toBeGreaterThan(edits / 20);
      expect(load.seen.size).toBeGreaterThan(edits / 4);

      const children = childrenOf(cli.pid).map(({ pid }) => pid);
      cli.process.kill("SIGTERM");
      expect(await cli.exited).toMatchObject({ exitCode: 0 });
      expect(await survivors(children)).toEqual([]);
    },
  );
});
