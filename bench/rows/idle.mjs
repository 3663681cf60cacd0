/** Does a crowd of idle connections slow the others down, and is it kept? */
import { startLoad } from "../lib/load.mjs";
import { wrk } from "../lib/wrk.mjs";

const IDLE = 1000;

/** @type {import("../lib/row.mjs").Row} */
export const idleRow = {
  id: "idle",
  title: "1,000 idle keep-alive connections",
  about:
    "Plain WSGI on 32 connections by wrk, without and with 1,000 more that have asked once and stay open; " +
    "*kept* counts those still open at the end.",
  application: "plain:app",
  servers: ["highball", "gthread", "gevent", "uwsgi", "waitress", "granian"],
  columns: [
    { figure: "ratio", title: "with / without", digits: 2 },
    { figure: "rate", title: "requests/s with", digits: 0 },
    { figure: "alone", title: "requests/s without", digits: 0 },
    { figure: "p99", title: "p99 ms with", digits: 2 },
    { figure: "kept", title: "kept", digits: 0 },
  ],
  warmUp: (server) => wrk({ port: server.port, script: "get.lua", connections: 32, seconds: 1 }),
  measure: async (server, plan) => {
    const options = { port: server.port, script: "get.lua", connections: 32, seconds: plan.seconds };
    const alone = await wrk(options);
    /** @type {ReturnType<typeof startLoad<import("../load/idle.mjs").IdleReport>>} */
    const crowd = startLoad("idle", { port: server.port, connections: IDLE, path: "/" });
    await crowd.ready;
    const beside = await wrk(options);
    const { kept, problems } = await crowd.stop();
    return {
      figures: {
        ratio: beside.rate / alone.rate,
        rate: beside.rate,
        alone: alone.rate,
        p99: beside.p99,
        kept,
      },
      problems: [...alone.problems, ...beside.problems, ...problems],
    };
  },
};
