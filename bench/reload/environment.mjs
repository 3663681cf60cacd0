/** What `npm run bench:reload` needs to be there: an environment of its own, with slow imports in it. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder, repositoryFolder, requirementsFile } from "../lib/paths.mjs";

/** Seconds that the imports of the heavy application take. */
const HEAVY_SECONDS = 3;

const environmentFolder = join(cacheFolder, "reload-venv");
const requirements = fileURLToPath(new URL("../requirements-reload.txt", import.meta.url));

/** @param {string} name @returns {string} a command of the environment. */
export const installed = (name) => join(environmentFolder, "bin", name);

/** @typedef {{ real: number, total: number, memory: number, libraries: string[] }} HeavyImports seconds, bytes. */

/**
 * Makes the virtual environment, once for each pair of requirements files.
 *
 * @param {(line: string) => void} progress
 */
export function prepareReloadEnvironment(progress) {
  if (process.platform !== "linux") throw new Error("The benchmark reads /proc: it runs on Linux only.");
  const stamp = join(environmentFolder, "installed-requirements.txt");
  const wanted = readFileSync(requirements, "utf8") + readFileSync(requirementsFile, "utf8");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  progress(`Installing the peers into ${environmentFolder} (once; uWSGI is compiled) ...`);
  rmSync(environmentFolder, { recursive: true, force: true });
  mkdirSync(cacheFolder, { recursive: true });
  execFileSync("python3", ["-m", "venv", environmentFolder], { stdio: "inherit" });
  const pip = ["install", "--quiet", "--disable-pip-version-check", "--requirement", requirements];
  execFileSync(installed("pip"), pip, { stdio: "inherit" });
  writeFileSync(stamp, wanted);
}

/**
 * Sees to it that the heavy application's imports take their time, on this machine and now.
 *
 * @param {(line: string) => void} progress
 * @returns {HeavyImports}
 */
export function prepareHeavyImports(progress) {
  progress("Measuring the heavy application's imports ...");
  const tool = fileURLToPath(new URL("heavy_imports.py", import.meta.url));
  const print = "import sysconfig; print(sysconfig.get_path('purelib'))";
  const folder = run(installed("python"), ["-c", print]);
  return JSON.parse(run(installed("python"), [tool, `${HEAVY_SECONDS}`, folder]));
}

/** @returns {Record<string, string>} the machine and the versions, as the results show them. */
export function describeReloadEnvironment() {
  const processors = cpus();
  const versions = run(installed("pip"), ["freeze", "--disable-pip-version-check"]);
  const shown =
    /^(Django|Flask|Werkzeug|a2wsgi|granian|gunicorn|inotify|uWSGI|uvicorn|watchdog|watchfiles)==(.+)$/gm;
  return {
    Machine: `${processors.length} × ${processors[0]?.model.trim() ?? "?"}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    Kernel: release(),
    Node: process.version,
    Python: run(installed("python"), ["--version"]).replace("Python ", ""),
    Peers: [...versions.matchAll(shown)].map(([, name, version]) => `${name} ${version}`).join(", "),
    Highball: run("git", ["describe", "--always", "--dirty"]),
  };
}

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {string} what it prints.
 */
function run(command, args) {
  return execFileSync(command, args, { cwd: repositoryFolder, encoding: "utf8" }).trim();
}
