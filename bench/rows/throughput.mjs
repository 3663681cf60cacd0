/** How many small requests a second: wrk on 32 keep-alive connections. */
import { wrk } from "../lib/wrk.mjs";
import { PEERS } from "../lib/servers.mjs";

const CONNECTIONS = 32;

/** @type {readonly import("../lib/row.mjs").Column[]} */
const COLUMNS = [
  { figure: "rate", title: "requests/s", digits: 0 },
  { figure: "p50", title: "p50 ms", digits: 2 },
  { figure: "p99", title: "p99 ms", digits: 2 },
  { figure: "cpu", title: "CPU µs/request", digits: 1 },
];

/**
 * @param {Pick<import("../lib/row.mjs").Row, "id" | "title" | "about" | "application" | "servers"> & { script?: string }} options
 * @returns {import("../lib/row.mjs").Row}
 */
function throughput({ script = "get.lua", ...options }) {
  /** @param {import("../lib/running-server.mjs").RunningServer} server @param {number} seconds */
  const load = (server, seconds) => wrk({ port: server.port, script, connections: CONNECTIONS, seconds });
  return {
    ...options,
    columns: COLUMNS,
    warmUp: (server) => load(server, 1),
    measure: async (server, plan) => {
      const { result, cpu } = await server.countingCpu(() => load(server, plan.seconds));
      const { rate, p50, p99, requests, problems } = result;
      return { figures: { rate, p50, p99, cpu: cpu.total / requests }, problems };
    },
  };
}

/** Second settings of a peer: shown where the best of all peers is looked for. */
const ONE_OF_EACH = PEERS.filter((name) => name !== "uwsgi-close" && name !== "gthread-fast");

/** @type {import("../lib/row.mjs").Row[]} */
export const throughputRows = [
  throughput({
    id: "plain",
    title: "Plain WSGI",
    about: "An application that answers `Hello World`: what is measured is the server.",
    application: "plain:app",
    servers: ["highball", ...PEERS, "node"],
  }),
  throughput({
    id: "flask",
    title: "Flask",
    about: "Flask's first example, one route.",
    application: "flask_hello:app",
    servers: ["highball", ...PEERS],
  }),
  throughput({
    id: "django",
    title: "Django",
    about: "One view behind the middleware that `startproject` switches on; no database.",
    application: "django_hello:app",
    servers: ["highball", ...ONE_OF_EACH],
  }),
  throughput({
    id: "echo",
    title: "10 KB echo",
    about: "`POST` of 10,240 bytes that the application reads and sends back.",
    application: "echo:app",
    servers: ["highball", ...ONE_OF_EACH, "uwsgi-close", "node"],
    script: "echo.lua",
  }),
  throughput({
    id: "sleep",
    title: "10 ms sleep",
    about:
      "Every request waits 10 ms, as for a database. 8 threads can answer 800 a second and no more; gevent, and " +
      "Werkzeug with its thread for every connection, are bound by the 32 connections instead (3,200), gunicorn sync by its 2 processes (200).",
    application: "sleep:app",
    servers: ["highball", ...ONE_OF_EACH],
  }),
];
