/**
 * The servers of the comparison, each as near to "2 processes with 4 threads, keep-alive, no access
 * log" as it can be run. bench/README.md says where one cannot, and why.
 */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applicationsFolder, highballCommand, peersFolder, pythonFolder } from "./paths.mjs";

export const PROCESSES = 2;
export const THREADS = 4;

/**
 * @typedef {object} Server
 * @property {string} title as the results name it.
 * @property {boolean} peer whether Highball is compared with it (bare node:http and variants are not).
 * @property {(application: string, port: number) => [command: string, ...args: string[]]} command
 *   started in bench/apps.
 * @property {string[]} [largeBodies] what it needs to take and give bodies of gigabytes.
 */

/** @param {string} name @returns {string} */
const installed = (name) => join(pythonFolder, name);

/**
 * @param {number} threads
 * @returns {Server["command"]}
 */
const highball = (threads) => (application, port) => [
  process.execPath,
  highballCommand,
  `--workers=${PROCESSES}`,
  `--threads=${threads}`,
  `--bind=127.0.0.1:${port}`,
  `--python=${installed("python")}`,
  application,
];

/**
 * @param {...string} worker
 * @returns {Server["command"]}
 */
const gunicorn =
  (...worker) =>
  (application, port) => [
    installed("gunicorn"),
    `--workers=${PROCESSES}`,
    ...worker,
    "--keep-alive=75",
    "--backlog=2048",
    "--no-control-socket",
    // `pip install gunicorn` brings this one; with gunicorn[fast] `auto` takes the one in C.
    ...(worker.some((option) => option.startsWith("--http-parser")) ? [] : ["--http-parser=python"]),
    `--bind=127.0.0.1:${port}`,
    application,
  ];

/**
 * @param {string} application
 * @param {...string} listen
 * @returns {[string, ...string[]]}
 */
const uwsgi = (application, ...listen) => [
  installed("uwsgi"),
  ...listen,
  "--master",
  `--processes=${PROCESSES}`,
  `--threads=${THREADS}`,
  // Its defaults of 100 waiting connections and 4 KiB of request head are too small for any load.
  "--listen=2048",
  "--buffer-size=16384",
  "--disable-logging",
  "--die-on-term",
  "--need-app",
  `--module=${application}`,
];

/** @type {Record<string, Server>} */
export const SERVERS = {
  highball: {
    title: "Highball",
    peer: false,
    command: highball(THREADS),
    largeBodies: ["--limit-request-body=0"],
  },
  "highball-32": { title: "Highball, 32 threads", peer: false, command: highball(32) },
  sync: { title: "gunicorn sync", peer: true, command: gunicorn("--worker-class=sync") },
  gthread: {
    title: "gunicorn gthread",
    peer: true,
    command: gunicorn("--worker-class=gthread", `--threads=${THREADS}`, "--worker-connections=2000"),
  },
  "gthread-fast": {
    title: "gunicorn[fast] gthread",
    peer: true,
    command: gunicorn(
      "--worker-class=gthread",
      `--threads=${THREADS}`,
      "--worker-connections=2000",
      "--http-parser=fast",
    ),
  },
  "gthread-32": {
    title: "gunicorn gthread, 32 threads",
    peer: false,
    command: gunicorn("--worker-class=gthread", "--threads=32", "--worker-connections=2000"),
  },
  gevent: {
    title: "gunicorn gevent",
    peer: true,
    command: gunicorn("--worker-class=gevent", "--worker-connections=2000"),
  },
  uwsgi: {
    title: "uWSGI, keep-alive (--http)",
    peer: true,
    command: (application, port) => {
      // Over TCP, as `--http` alone would have it, its router and its workers do half as much.
      const socket = join(tmpdir(), `highball-bench-uwsgi-${port}.sock`);
      return uwsgi(
        application,
        `--http=127.0.0.1:${port}`,
        "--http-keepalive",
        "--http-timeout=75",
        `--http-to=${socket}`,
        `--socket=${socket}`,
        "--vacuum",
      );
    },
  },
  "uwsgi-close": {
    title: "uWSGI, closing (--http-socket)",
    peer: true,
    command: (application, port) =>
      uwsgi(application, `--http-socket=127.0.0.1:${port}`, "--add-header=Connection: close"),
  },
  waitress: {
    title: "waitress",
    peer: true,
    command: (application, port) => [
      installed("python"),
      join(peersFolder, "waitress_server.py"),
      application,
      `${port}`,
      `${PROCESSES}`,
      `${THREADS}`,
    ],
  },
  granian: {
    title: "granian",
    peer: true,
    command: (application, port) => [
      installed("granian"),
      "--interface=wsgi",
      `--workers=${PROCESSES}`,
      `--blocking-threads=${THREADS}`,
      "--http=1",
      "--no-ws",
      "--backlog=2048",
      // By its default a worker holds no more than backlog / workers connections.
      "--backpressure=2000",
      "--log-level=warning",
      "--host=127.0.0.1",
      `--port=${port}`,
      application,
    ],
  },
  werkzeug: {
    title: "Werkzeug, threaded",
    peer: true,
    command: (application, port) => [
      installed("python"),
      join(peersFolder, "werkzeug_server.py"),
      application,
      `${port}`,
    ],
  },
  node: {
    title: "bare node:http (no Python)",
    peer: false,
    command: (_application, port) => [process.execPath, join(applicationsFolder, "bare.mjs"), `${port}`],
  },
};

export const PEERS = Object.keys(SERVERS).filter((name) => SERVERS[name]?.peer);

/**
 * @param {string} name
 * @returns {Server}
 */
export function serverNamed(name) {
  const server = SERVERS[name];
  if (server === undefined) {
    throw new Error(`No server is called "${name}"; there are: ${Object.keys(SERVERS).join(", ")}.`);
  }
  return server;
}
