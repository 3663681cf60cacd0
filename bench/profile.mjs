/**
 * Where Highball's time goes under load:
 *
 *     npm run build && node bench/profile.mjs [--app flask_hello:app] [--script get.lua] [--seconds 5]
 *         [--connections 32] [--workers 2] [--threads 4] [--top 30] [--native]
 *
 * The gateway runs under `node --cpu-prof`; the .cpuprofile stays in node_modules/.cache/highball/bench/profile for Chrome's
 * or VS Code's viewer. Workers are sampled by py-spy where it is installed
 * (node_modules/.cache/highball/bench/venv/bin/pip install py-spy), and `--native` adds perf's view of all processes: system
 * calls, V8 and CPython themselves.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Child, cleanUpAtExit } from "./lib/children.mjs";
import { selfTimes } from "./lib/cpu-profile.mjs";
import { prepareEnvironment } from "./lib/environment.mjs";
import { applicationsFolder, cacheFolder, highballCommand, pythonFolder } from "./lib/paths.mjs";
import { processTree } from "./lib/process-tree.mjs";
import { freePort, RunningServer } from "./lib/running-server.mjs";
import { wrk } from "./lib/wrk.mjs";

const profileFolder = join(cacheFolder, "profile");

const { values } = parseArgs({
  options: {
    app: { type: "string", default: "flask_hello:app" },
    script: { type: "string", default: "get.lua" },
    seconds: { type: "string", default: "5" },
    connections: { type: "string", default: "32" },
    workers: { type: "string", default: "2" },
    threads: { type: "string", default: "4" },
    top: { type: "string", default: "30" },
    native: { type: "boolean", default: false },
  },
});
const top = Number(values.top);
const seconds = Number(values.seconds);

/**
 * @param {string} title
 * @param {import("./lib/cpu-profile.mjs").Share[]} shares
 * @param {number} all microseconds.
 * @param {number} requests
 */
function print(title, shares, all, requests) {
  console.log(`\n${title}\n      %   µs/request`);
  for (const { name, microseconds } of shares.slice(0, top)) {
    const percent = ((microseconds / all) * 100).toFixed(1).padStart(7);
    console.log(`${percent}   ${(microseconds / requests).toFixed(2).padStart(10)}   ${name}`);
  }
}

/** Start the gateway under the profiler. @returns {Promise<RunningServer>} */
async function start() {
  const port = await freePort();
  rmSync(profileFolder, { recursive: true, force: true });
  mkdirSync(profileFolder, { recursive: true });
  const child = new Child(
    process.execPath,
    [
      "--cpu-prof",
      `--cpu-prof-dir=${profileFolder}`,
      "--cpu-prof-interval=250",
      ...(values.native ? ["--perf-basic-prof", "--interpreted-frames-native-stack"] : []),
      highballCommand,
      `--workers=${values.workers}`,
      `--threads=${values.threads}`,
      `--bind=127.0.0.1:${port}`,
      `--python=${pythonFolder}/python`,
      values.app,
    ],
    { cwd: applicationsFolder },
  );
  const server = new RunningServer("highball", port, child);
  await server.answering("/", 20);
  return server;
}

/**
 * @param {string} program
 * @returns {string | undefined} where it is.
 */
function find(program) {
  const path = `${pythonFolder}:${process.env["PATH"]}`;
  const { stdout, status } = spawnSync("which", [program], { env: { PATH: path }, encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * Sample the Python workers beside the load.
 *
 * @param {RunningServer} server
 * @returns {Promise<() => void>} prints what was found.
 */
async function sampleWorkers(server) {
  const program = find("py-spy");
  const worker = processTree(server.child.pid).find(({ pid }) => pid !== server.child.pid);
  if (program === undefined || worker === undefined) {
    return () =>
      console.log(
        "\nWorkers: py-spy is not installed (node_modules/.cache/highball/bench/venv/bin/pip install py-spy).",
      );
  }
  const file = join(profileFolder, "worker.txt");
  const options = ["--duration", `${seconds}`, "--rate", "500", "--format", "raw", "--gil"];
  const sampler = new Child(program, ["record", ...options, "--pid", `${worker.pid}`, "--output", file]);
  await sampler.ended;
  return () => {
    /** @type {Map<string, number>} */
    const own = new Map();
    let all = 0;
    // Each line: the stack from outside in, separated by semicolons, and how often it was seen.
    for (const [, stack = "", count] of readFileSync(file, "utf8").matchAll(/^(.*) (\d+)$/gm)) {
      const name = stack.slice(stack.lastIndexOf(";") + 1);
      own.set(name, (own.get(name) ?? 0) + Number(count));
      all += Number(count);
    }
    console.log(`\nOne worker, time of its own while it holds the interpreter lock (py-spy)\n      %`);
    for (const [name, count] of [...own].toSorted((a, b) => b[1] - a[1]).slice(0, top)) {
      console.log(`${((count / all) * 100).toFixed(1).padStart(7)}   ${name}`);
    }
  };
}

/**
 * perf's view of the gateway and the workers.
 *
 * @param {RunningServer} server
 * @returns {Promise<() => void>} prints it.
 */
async function sampleNative(server) {
  if (!values.native) return () => {};
  if (find("perf") === undefined) return () => console.log("\nperf is not installed.");
  const data = join(profileFolder, "perf.data");
  const pids = processTree(server.child.pid)
    .map(({ pid }) => pid)
    .join(",");
  const recorder = new Child("perf", [
    "record",
    "-F",
    "999",
    "-p",
    pids,
    "-o",
    data,
    "--",
    "sleep",
    `${seconds}`,
  ]);
  await recorder.ended;
  return () => {
    const args = [
      "report",
      "-i",
      data,
      "--stdio",
      "--fields",
      "overhead,comm,dso,symbol",
      "--percent-limit",
      "0.4",
    ];
    const { stdout } = spawnSync("perf", args, { encoding: "utf8", maxBuffer: 1 << 26 });
    console.log(`\nAll processes (perf)`);
    for (const line of stdout
      .split("\n")
      .filter((text) => /^ +\d/.test(text))
      .slice(0, top * 2))
      console.log(line.trimEnd());
  };
}

async function main() {
  prepareEnvironment(console.log);
  cleanUpAtExit();
  const server = await start();
  const load = {
    port: server.port,
    script: values.script,
    connections: Number(values.connections),
    seconds,
  };
  const { result, cpu } = await server.countingCpu(() => wrk(load));
  // Samplers slow down what they watch: under a second load, after the one that is counted.
  const second = wrk(load);
  const [printWorkers, printNative] = await Promise.all([sampleWorkers(server), sampleNative(server)]);
  const { requests: more } = await second;
  await server.stop();

  const first = cpu.first / result.requests;
  const total = cpu.total / result.requests;
  console.log(
    `${values.app}: ${result.rate.toFixed(0)} requests/s, p50 ${result.p50} ms, p99 ${result.p99} ms; CPU µs/request: ` +
      `gateway ${first.toFixed(1)}, workers ${(total - first).toFixed(1)} (the profiler's own share included)`,
  );
  for (const problem of result.problems) console.log(`INVALID: ${problem}`);
  const file = readdirSync(profileFolder).find((name) => name.endsWith(".cpuprofile"));
  if (file === undefined) throw new Error(`The gateway left no profile. It printed:\n${server.child.output}`);
  /** @type {import("./lib/cpu-profile.mjs").CpuProfile} */
  const profile = JSON.parse(readFileSync(join(profileFolder, file), "utf8"));
  const { busy, functions, files } = selfTimes(profile);
  const requests = result.requests + more;
  print("Gateway, time of its own by file", files, busy, requests);
  print("Gateway, time of its own by function", functions, busy, requests);
  printWorkers();
  printNative();
  console.log(`\nFor a viewer: ${join(profileFolder, file)}`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
