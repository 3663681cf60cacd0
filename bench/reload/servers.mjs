/** The servers whose reloaders are compared, as their documentation has them started for development. */
import { fileURLToPath } from "node:url";
import { highballCommand } from "../lib/paths.mjs";
import { installed } from "./environment.mjs";

/**
 * @typedef {object} ReloadServer
 * @property {string} title as the results name it.
 * @property {boolean} peer whether Highball is compared with it.
 * @property {readonly TopicName[]} topics that it is measured in.
 * @property {boolean} [extra] whether it reloads like this only with a package that it does not bring itself.
 * @property {boolean} [keepsConnections] whether it knows keep-alive, started like this.
 * @property {(application: string, port: number) => [command: string, ...args: string[]]} command
 *   started in the project's folder.
 */

/** @typedef {"flask" | "heavy" | "django" | "data"} TopicName */

/**
 * @param {...string} options
 * @returns {ReloadServer["command"]}
 */
const highball =
  (...options) =>
  (application, port) => [
    process.execPath,
    highballCommand,
    "dev",
    `--bind=127.0.0.1:${port}`,
    `--python=${installed("python")}`,
    ...options,
    application,
  ];

/**
 * @param {"stat" | "watchdog"} type
 * @returns {ReloadServer["command"]}
 */
const werkzeug = (type) => (_application, port) => [
  installed("python"),
  fileURLToPath(new URL("peers/werkzeug_reloader.py", import.meta.url)),
  `${port}`,
  type,
];

/**
 * @param {"inotify" | "poll"} engine
 * @returns {ReloadServer["command"]}
 */
const gunicorn = (engine) => (application, port) => [
  installed("gunicorn"),
  "--reload",
  `--reload-engine=${engine}`,
  // With the default worker, sync, no connection is ever kept.
  "--worker-class=gthread",
  "--threads=8",
  `--bind=127.0.0.1:${port}`,
  application,
];

/** @type {readonly TopicName[]} */
const BOTH = ["flask", "heavy"];

/** @type {Record<string, ReloadServer>} */
export const SERVERS = {
  highball: {
    title: "Highball",
    peer: false,
    topics: ["flask", "heavy", "django"],
    keepsConnections: true,
    command: highball(),
  },
  "highball-stat": {
    title: "Highball --reloader-type=stat",
    peer: false,
    topics: ["flask"],
    command: highball("--reloader-type=stat"),
  },
  "highball-no-zygote": {
    title: "Highball --no-zygote",
    peer: false,
    topics: ["flask", "heavy", "django"],
    command: highball("--no-zygote"),
  },
  "werkzeug-stat": { title: "Werkzeug, stat", peer: true, topics: BOTH, command: werkzeug("stat") },
  "werkzeug-watchdog": {
    title: "Werkzeug, watchdog",
    peer: true,
    extra: true,
    topics: BOTH,
    command: werkzeug("watchdog"),
  },
  "gunicorn-inotify": {
    title: "gunicorn --reload, inotify",
    peer: true,
    extra: true,
    topics: BOTH,
    keepsConnections: true,
    command: gunicorn("inotify"),
  },
  "gunicorn-poll": { title: "gunicorn --reload, poll", peer: true, topics: BOTH, command: gunicorn("poll") },
  uwsgi: {
    title: "uWSGI --py-autoreload=1",
    peer: true,
    topics: BOTH,
    command: (application, port) => [
      installed("uwsgi"),
      `--http-socket=127.0.0.1:${port}`,
      "--master",
      "--enable-threads",
      "--py-autoreload=1",
      "--die-on-term",
      `--module=${application}`,
    ],
  },
  runserver: {
    title: "Django runserver",
    peer: true,
    topics: ["django", "heavy"],
    command: (_application, port) => [installed("python"), "manage.py", "runserver", `127.0.0.1:${port}`],
  },
  uvicorn: {
    title: "uvicorn --reload --interface=wsgi (watchfiles)",
    peer: true,
    extra: true,
    topics: BOTH,
    keepsConnections: true,
    command: (application, port) => [
      installed("uvicorn"),
      "--reload",
      "--interface=wsgi",
      "--host=127.0.0.1",
      `--port=${port}`,
      application,
    ],
  },
  granian: {
    title: "granian --reload --interface=wsgi",
    peer: true,
    extra: true,
    topics: BOTH,
    keepsConnections: true,
    command: (application, port) => [
      installed("granian"),
      "--reload",
      "--interface=wsgi",
      "--host=127.0.0.1",
      `--port=${port}`,
      application,
    ],
  },
};

/**
 * @param {string} name
 * @returns {ReloadServer}
 */
export function serverNamed(name) {
  const server = SERVERS[name];
  if (server === undefined) {
    throw new Error(`No server is called "${name}"; there are: ${Object.keys(SERVERS).join(", ")}.`);
  }
  return server;
}
