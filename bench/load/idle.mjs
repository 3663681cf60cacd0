/**
 * Keep-alive connections that have asked once and then stay open without a word, as browsers and
 * load balancers leave them. At the end: how many did the server keep?
 */
import { Connection } from "./http-client.mjs";
import { getRequest, Problems, serveAsLoad } from "./load-process.mjs";

/** @typedef {{ port: number, connections: number, path: string }} IdleOptions */
/** @typedef {{ kept: number, problems: string[] }} IdleReport */

/** At most so many first requests at the same time, so that no backlog overflows. */
const AT_ONCE = 50;

/**
 * @param {IdleOptions} options
 * @param {import("./load-process.mjs").Background} background
 * @returns {Promise<IdleReport>}
 */
async function idle({ port, connections, path }, background) {
  const problems = new Problems();
  const all = Array.from({ length: connections }, () => new Connection(port));
  const waiting = [...all];
  const open = async () => {
    for (let connection = waiting.pop(); connection !== undefined; connection = waiting.pop()) {
      const current = connection;
      await new Promise((resolve) => {
        const patience = setTimeout(() => {
          problems.add("first request not answered in 2 s");
          resolve(undefined);
        }, 2000);
        current.request(getRequest(path), (error, answer) => {
          clearTimeout(patience);
          if (error !== null) problems.add(error.message);
          else if (answer?.status !== 200) problems.add(`status ${answer?.status}`);
          resolve(undefined);
        });
      });
    }
  };
  await Promise.race([
    Promise.all(Array.from({ length: AT_ONCE }, open)),
    new Promise((resolve) => setTimeout(resolve, 10_000)),
  ]);
  background.ready({});
  await background.stopped;
  const kept = all.filter((connection) => connection.open && !connection.busy).length;
  return { kept, problems: problems.list() };
}

serveAsLoad(idle);
