/** Starts the load generators of bench/load, each in a process of its own. */
import { join } from "node:path";
import { Child } from "./children.mjs";
import { loadFolder } from "./paths.mjs";

/** @typedef {"open-loop" | "closed-loop" | "idle" | "slow-clients" | "transfer"} LoadName */

/**
 * Start a load that goes on beside a measurement.
 *
 * @template Report
 * @param {LoadName} name
 * @param {object} options
 * @returns {{ ready: Promise<void>, report: Promise<Report>, stop: () => Promise<Report> }}
 */
export function startLoad(name, options) {
  const child = new Child(process.execPath, [join(loadFolder, `${name}.mjs`)], { ipc: true });
  /** @type {(() => void) | undefined} */
  let setReady;
  /** @type {Promise<void>} */
  const ready = new Promise((resolve) => (setReady = resolve));
  /** @type {Promise<Report>} */
  const report = new Promise((resolve, reject) => {
    child.process.on("message", (/** @type {{ report?: Report, failure?: string }} */ message) => {
      const { report: result, failure } = message;
      if (result !== undefined) resolve(result);
      else if (failure !== undefined) reject(new Error(`${name}: ${failure}`));
      else setReady?.();
    });
    void child.ended.then((wrong) => reject(new Error(`${name}: ${wrong ?? "no report"} ${child.output}`)));
  });
  // A failure is reported where the report is awaited, which may be later.
  report.catch(() => setReady?.());
  child.process.send({ options });
  return {
    ready,
    report,
    stop: async () => {
      if (child.process.connected) child.process.send("stop");
      const result = await report;
      await child.ended;
      return result;
    },
  };
}

/**
 * Run a load to its end.
 *
 * @template Report
 * @param {LoadName} name
 * @param {object} options
 * @returns {Promise<Report>}
 */
export async function runLoad(name, options) {
  /** @type {ReturnType<typeof startLoad<Report>>} */
  const load = startLoad(name, options);
  return load.report;
}
