/** Most requests fast, one in a hundred sleeps 500 ms: who has to wait for the sleepers? */
import { runLoad } from "../lib/load.mjs";

const SHARE = 0.01;

/** @typedef {import("../load/open-loop.mjs").LoadReport} LoadReport */

/** @type {import("../lib/row.mjs").Row} */
const fixedRate = {
  id: "mix",
  title: "Slow mix at a fixed rate",
  about:
    "400 requests a second whatever the server does, once without and once with sleepers: 1 % (the same pseudo-random " +
    "ones for every server) sleep 500 ms, so that two of the eight threads are asleep on average. Latency counts from " +
    "the moment the request was meant to be sent. The generator's own lag is part of it, and shown.",
  application: "sleep:app",
  path: "/fast",
  servers: ["highball", "gthread", "gevent", "waitress", "granian"],
  columns: [
    { figure: "ratio", title: "p99 with / without", digits: 2 },
    { figure: "p50", title: "fast p50 ms", digits: 2 },
    { figure: "p99", title: "fast p99 ms", digits: 2 },
    { figure: "p99Alone", title: "p99 ms without sleepers", digits: 2 },
    { figure: "max", title: "fast max ms", digits: 1 },
    { figure: "lag", title: "generator's lag p99 ms", digits: 2 },
  ],
  measure: async (server, plan, round) => {
    /** @param {number} slowShare @returns {Promise<LoadReport>} */
    const load = (slowShare) =>
      runLoad("open-loop", {
        port: server.port,
        rate: 400,
        seconds: plan.seconds * 1.5,
        warmUp: 0.5,
        path: "/fast",
        slowPath: "/slow",
        slowShare,
        seed: round,
        connections: 64,
      });
    const alone = await load(0);
    const mixed = await load(SHARE);
    return {
      figures: {
        ratio: mixed.fast.p99 / alone.fast.p99,
        p50: mixed.fast.p50,
        p99: mixed.fast.p99,
        p99Alone: alone.fast.p99,
        max: mixed.fast.max,
        lag: Math.max(mixed.lag.p99, alone.lag.p99),
      },
      problems: [...alone.problems, ...mixed.problems],
    };
  },
};

/** @type {import("../lib/row.mjs").Row} */
const closedLoop = {
  id: "mix-closed",
  title: "Slow mix in a closed loop",
  about:
    "32 connections, each sending its next request when the last one is answered; 1 % sleep 500 ms. By Little's law " +
    "sleepers fill every thread here, whatever the server; what helps is more of them, so 32 are shown too.",
  application: "sleep:app",
  path: "/fast",
  servers: ["highball", "highball-32", "gthread", "gthread-32", "gevent", "waitress", "granian"],
  columns: [
    { figure: "rate", title: "requests/s", digits: 0 },
    { figure: "p50", title: "fast p50 ms", digits: 2 },
    { figure: "p99", title: "fast p99 ms", digits: 2 },
  ],
  measure: async (server, plan, round) => {
    /** @type {LoadReport} */
    const report = await runLoad("closed-loop", {
      port: server.port,
      connections: 32,
      seconds: plan.seconds,
      warmUp: 0.5,
      path: "/fast",
      slowPath: "/slow",
      slowShare: SHARE,
      seed: round,
    });
    const { rate, fast, problems } = report;
    return { figures: { rate, p50: fast.p50, p99: fast.p99 }, problems };
  },
};

export const slowMixRows = [fixedRate, closedLoop];
