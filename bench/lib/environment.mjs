/** What the benchmark needs to be there, and what the results say of the machine. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { cacheFolder, pythonFolder, repositoryFolder, requirementsFile } from "./paths.mjs";

/**
 * Make the virtual environment of the peers, once for each bench/requirements.txt.
 *
 * @param {(line: string) => void} progress
 */
export function prepareEnvironment(progress) {
  if (process.platform !== "linux") throw new Error("The benchmark reads /proc: it runs on Linux only.");
  if (spawnSync("wrk", ["--version"]).error !== undefined) {
    throw new Error("wrk is not installed. On Debian: apt-get install wrk");
  }
  const folder = dirname(pythonFolder);
  const stamp = join(folder, "installed-requirements.txt");
  const requirements = readFileSync(requirementsFile, "utf8");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === requirements) return;
  progress(`Installing the peers into ${folder} (once; uWSGI is compiled) ...`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(cacheFolder, { recursive: true });
  execFileSync("python3", ["-m", "venv", folder], { stdio: "inherit" });
  execFileSync(
    join(pythonFolder, "pip"),
    ["install", "--quiet", "--disable-pip-version-check", "--requirement", requirementsFile],
    { stdio: "inherit" },
  );
  writeFileSync(stamp, requirements);
}

/** @returns {Record<string, string>} the machine and the versions, as the results show them. */
export function describeEnvironment() {
  const processors = cpus();
  const requirements = readFileSync(requirementsFile, "utf8").matchAll(/^([\w.]+)==([\w.]+)$/gm);
  const peers = new Set([
    "Django",
    "Flask",
    "Werkzeug",
    "gevent",
    "granian",
    "gunicorn",
    "uWSGI",
    "waitress",
  ]);
  return {
    Machine: `${processors.length} × ${processors[0]?.model.trim() ?? "?"}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    Kernel: release(),
    Node: process.version,
    Python: output(join(pythonFolder, "python"), ["--version"]).replace("Python ", ""),
    Peers: [...requirements]
      .flatMap(([, name = "", version]) => (peers.has(name) ? [`${name} ${version}`] : []))
      .join(", "),
    wrk: /wrk (\S+)/.exec(output("wrk", ["--version"]))?.[1] ?? "?",
    Highball: output("git", ["describe", "--always", "--dirty"]),
  };
}

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {string} what it prints.
 */
function output(command, args) {
  // `wrk --version` ends with status 1.
  const { stdout } = spawnSync(command, args, { cwd: repositoryFolder, encoding: "utf8" });
  return (stdout ?? "").trim();
}

/** How busy the machine was besides: a benchmark beside other work measures the other work. */
export class Machine {
  #load = loadavg()[0] ?? 0;
  #before = stolen();

  /** @returns {string} */
  describe() {
    const after = stolen();
    const share = (after.stolen - this.#before.stolen) / Math.max(1, after.all - this.#before.all);
    return (
      `load average ${this.#load.toFixed(2)} before the run` +
      `${this.#load > 0.5 ? " (**busy: the figures are not to be trusted**)" : ""}, ` +
      `${(share * 100).toFixed(2)} % of the processor time taken by other virtual machines during it`
    );
  }
}

/** @returns {{ stolen: number, all: number }} ticks of all processors since they booted. */
function stolen() {
  // proc(5): user nice system idle iowait irq softirq steal guest guest_nice; guests are counted in user.
  const fields = /^cpu +(.*)$/m.exec(readFileSync("/proc/stat", "latin1"))?.[1]?.split(" ").map(Number) ?? [];
  return { stolen: fields[7] ?? 0, all: fields.slice(0, 8).reduce((sum, ticks) => sum + ticks, 0) };
}
