/** What the server itself costs: CPU time of all its processes, less what the application uses. */
import { Child } from "../lib/children.mjs";
import { applicationsFolder, pythonFolder } from "../lib/paths.mjs";
import { PROCESSES } from "../lib/servers.mjs";
import { median } from "../lib/statistics.mjs";
import { wrk } from "../lib/wrk.mjs";

/**
 * As many copies at the same time as the servers have workers, so that the cores are as busy as under load.
 *
 * @param {string} module of bench/apps.
 * @param {number} seconds
 * @returns {Promise<number>} CPU microseconds of one call of the application.
 */
async function ownCost(module, seconds) {
  const copies = Array.from(
    { length: PROCESSES },
    () =>
      new Child(`${pythonFolder}/python`, ["own_cost.py", module, `${seconds}`], { cwd: applicationsFolder }),
  );
  const costs = await Promise.all(
    copies.map(async (child) => {
      const failure = await child.ended;
      if (failure !== null) throw new Error(`own_cost.py: ${failure}: ${child.output}`);
      /** @type {{ microseconds: number }} */
      const { microseconds } = JSON.parse(child.output);
      return microseconds;
    }),
  );
  return median(costs);
}

/** @type {import("../lib/row.mjs").Row} */
export const cpuRow = {
  id: "cpu",
  title: "CPU a request, Flask",
  about:
    "User and system time of every process of the server (/proc/PID/stat) over a wrk run, divided by its requests; " +
    "less the application's own, measured right after by calling it in a loop in as many processes as there are workers " +
    "(bench/apps/own_cost.py). The first process is Highball's gateway, gunicorn's arbiter.",
  application: "flask_hello:app",
  servers: ["highball", "gthread", "granian"],
  columns: [
    { figure: "beyond", title: "beyond the application's own, µs", digits: 1 },
    { figure: "total", title: "in all", digits: 1 },
    { figure: "own", title: "application", digits: 1 },
    { figure: "first", title: "first process", digits: 1 },
    { figure: "others", title: "other processes", digits: 1 },
  ],
  warmUp: (server, plan) =>
    wrk({ port: server.port, script: "get.lua", connections: 32, seconds: plan.seconds }),
  measure: async (server, plan) => {
    const { result, cpu } = await server.countingCpu(() =>
      wrk({ port: server.port, script: "get.lua", connections: 32, seconds: plan.seconds }),
    );
    const own = await ownCost("flask_hello", plan.seconds / 2);
    const total = cpu.total / result.requests;
    const first = cpu.first / result.requests;
    return {
      figures: { beyond: total - own, total, own, first, others: total - first },
      problems: result.problems,
    };
  },
};
