/** What a row of the comparison is, and how its servers are measured: in turn, round after round. */
import { RunningServer } from "./running-server.mjs";
import { serverNamed } from "./servers.mjs";
import { figure } from "./statistics.mjs";

/**
 * @typedef {object} Plan how long and how often is measured.
 * @property {number} runs
 * @property {number} seconds of one run.
 * @property {boolean} quick a smoke test: smaller bodies too.
 */

/**
 * One run of one server: named numbers, and what went wrong.
 *
 * @typedef {{ figures: Record<string, number>, problems: string[] }} Sample
 */

/** @typedef {{ figure: string, title: string, digits: number, factor?: number }} Column */

/**
 * @typedef {object} Row
 * @property {string} id
 * @property {string} title
 * @property {string} about one paragraph of Markdown: what is measured, and how.
 * @property {string} application `module:name`, of bench/apps.
 * @property {string} [path] that answers 200 when the server is up; `/` when not given.
 * @property {readonly string[]} servers
 * @property {readonly Column[]} columns of its table.
 * @property {boolean} [fresh] start the server anew for each run.
 * @property {boolean} [large] the server must take bodies of gigabytes.
 * @property {(server: RunningServer, plan: Plan) => Promise<unknown>} [warmUp] before the first run, or before
 *   each run of a fresh server.
 * @property {(server: RunningServer, plan: Plan, round: number) => Promise<Sample>} [measure] a server that answers;
 *   or else:
 * @property {(name: string, application: string) => Promise<Sample>} [measureStart] the start of one.
 */

/**
 * @typedef {object} Entry one server's part of a row.
 * @property {Record<string, import("./statistics.mjs").Figure>} figures
 * @property {string[]} problems any of them makes the entry invalid.
 */

/** @typedef {{ id: string, entries: Record<string, Entry> }} RowResult */

/** A server whose runs go wrong so often is not measured again in that row. */
const FAILED_RUNS = 2;

/** The samples of one server, as they come. */
class Samples {
  /** @type {Record<string, number[]>} */
  #figures = {};
  /** @type {string[]} */
  #problems = [];
  #failed = 0;

  /** @returns {boolean} */
  get givenUp() {
    return this.#failed >= FAILED_RUNS;
  }

  /** @param {Sample} sample */
  add({ figures, problems }) {
    for (const [name, value] of Object.entries(figures)) (this.#figures[name] ??= []).push(value);
    if (problems.length === 0) return;
    this.#failed += 1;
    this.#problems.push(...problems);
  }

  /** @returns {Entry} */
  entry() {
    const figures = Object.fromEntries(
      Object.entries(this.#figures).map(([name, values]) => [name, figure(values)]),
    );
    return { figures, problems: this.#problems };
  }
}

/**
 * Measure every server of a row: first run of each, second run of each, and so on, so that what
 * changes with time on the machine changes for all of them.
 *
 * @param {Row} row
 * @param {readonly string[]} servers
 * @param {Plan} plan
 * @param {(line: string) => void} progress
 * @returns {Promise<RowResult>}
 */
export async function measureRow(row, servers, plan, progress) {
  /** @type {Map<string, RunningServer>} */
  const running = new Map();
  const samples = new Map(servers.map((name) => [name, new Samples()]));

  /**
   * @param {string} name
   * @returns {Promise<RunningServer>}
   */
  const start = async (name) => {
    const server = await RunningServer.start(name, row.application, {
      large: row.large ?? false,
      ...(row.path === undefined ? {} : { path: row.path }),
    });
    running.set(name, server);
    await row.warmUp?.(server, plan);
    return server;
  };

  /**
   * @param {string} name
   * @param {number} round 0 starts the servers that serve all rounds, and is not counted.
   * @returns {Promise<Sample | undefined>}
   */
  const measure = async (name, round) => {
    if (row.measureStart !== undefined) {
      const sample = await row.measureStart(name, row.application);
      return round === 0 ? undefined : sample;
    }
    if (row.fresh !== true) {
      const server = round === 0 ? await start(name) : running.get(name);
      return round === 0 || server === undefined ? undefined : row.measure?.(server, plan, round);
    }
    if (round === 0) return undefined;
    try {
      return await row.measure?.(await start(name), plan, round);
    } finally {
      await running.get(name)?.stop();
    }
  };

  try {
    for (let round = 0; round <= plan.runs; round += 1) {
      for (const [name, own] of samples) {
        if (own.givenUp) continue;
        const sample = await measure(name, round).catch((error) => ({
          figures: {},
          problems: [error instanceof Error ? error.message : String(error)],
        }));
        if (sample === undefined) continue;
        own.add(sample);
        progress(`${row.id} ${round}/${plan.runs} ${serverNamed(name).title}: ${describe(row, sample)}`);
      }
    }
  } finally {
    await Promise.all([...running.values()].map((server) => server.stop()));
  }
  return {
    id: row.id,
    entries: Object.fromEntries([...samples].map(([name, own]) => [name, own.entry()])),
  };
}

/**
 * @param {Row} row
 * @param {Sample} sample
 * @returns {string}
 */
function describe({ columns }, { figures, problems }) {
  const numbers = columns.flatMap(({ figure: name, title, digits, factor = 1 }) => {
    const value = figures[name];
    return value === undefined ? [] : [`${title} ${(value * factor).toFixed(digits)}`];
  });
  return [...numbers, ...problems.map((problem) => `INVALID: ${problem}`)].join(", ");
}
