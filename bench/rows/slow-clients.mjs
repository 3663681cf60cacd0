/** Clients that say nothing, or one byte a second: does a normal request notice them? */
import { runLoad, startLoad } from "../lib/load.mjs";

/** @type {import("../lib/row.mjs").Row} */
export const slowClientsRow = {
  id: "slow-clients",
  title: "500 silent sockets and 200 clients at 1 byte/s",
  about:
    "Half of the 200 are slow in the head of their request, half in its body. Beside them 200 normal requests a second " +
    "to plain WSGI, at fixed moments, on connections of their own. *Thrown out*: slow clients that the server " +
    "disconnected meanwhile (they come back).",
  application: "echo:app",
  servers: ["highball", "gthread", "gevent", "waitress", "granian"],
  fresh: true,
  columns: [
    { figure: "p99", title: "p99 ms", digits: 2 },
    { figure: "p50", title: "p50 ms", digits: 2 },
    { figure: "max", title: "max ms", digits: 1 },
    { figure: "connected", title: "slow clients connected", digits: 0 },
    { figure: "thrownOut", title: "thrown out", digits: 0 },
  ],
  measure: async (server, plan) => {
    /** @type {ReturnType<typeof startLoad<import("../load/slow-clients.mjs").SlowClientReport>>} */
    const slow = startLoad("slow-clients", { port: server.port, silent: 500, trickling: 200 });
    await slow.ready;
    /** @type {import("../load/open-loop.mjs").LoadReport} */
    const normal = await runLoad("open-loop", {
      port: server.port,
      rate: 200,
      seconds: plan.seconds * 1.5,
      warmUp: 0.5,
      path: "/",
      connections: 16,
    });
    const { connected, thrownOut } = await slow.stop();
    const { p50, p99, max } = normal.fast;
    return { figures: { p99, p50, max, connected, thrownOut }, problems: normal.problems };
  },
};
