/**
 * Makes what the framework tests serve: a Python virtual environment with test/requirements.txt,
 * and flaskr, the application of Flask's tutorial, out of Flask's source distribution.
 *
 * Everything goes into node_modules/.cache/highball/tests, once: the next run compares one hash and is done. Where PyPI cannot be
 * reached the reason is written down there, and test/support/environment.ts makes the framework tests
 * say it; with CI=true that is a failure instead.
 *
 * TEST_PYTHON names another interpreter than python3.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const requirements = join(root, "test", "requirements.txt");
const folder = join(root, "node_modules/.cache/highball/tests");
/** Holds the hash of what node_modules/.cache/highball/tests was made from, once it is complete. */
const stamp = join(folder, "stamp");
/** Holds the reason while it is not. */
const unavailable = join(folder, "unavailable");
const venv = join(folder, "venv");
const python = join(venv, "bin", "python");
const interpreter = process.env["TEST_PYTHON"] || "python3";

class StepFailed extends Error {}

/** Runs a program and gives what it printed; its last lines become the reason when it fails. */
function run(program, args, failure) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let errors = "";
    child.stdout.on("data", (data) => (output += data));
    child.stderr.on("data", (data) => (errors += data));
    child.on("error", (error) => reject(new StepFailed(`${failure}: ${error.message}`)));
    child.on("close", (code) => {
      if (code === 0) return resolve(output.trim());
      const lines = (errors || output).trim().split("\n");
      reject(new StepFailed(`${failure}: ${lines.at(-1) || `exit code ${code}`}`));
    });
  });
}

async function build() {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await run(
    interpreter,
    ["-m", "venv", venv],
    `"${interpreter} -m venv" failed (on Debian: apt-get install python3-venv)`,
  );
  const pip = ["-m", "pip", "--disable-pip-version-check", "--no-input", "--retries", "1"];
  await run(
    python,
    [...pip, "install", "--quiet", "--only-binary", ":all:", "-r", requirements],
    "PyPI could not give test/requirements.txt",
  );
  const sources = join(folder, "sources");
  const version = await run(
    python,
    ["-c", "import importlib.metadata as metadata; print(metadata.version('flask'))"],
    "Flask is not installed",
  );
  await run(
    python,
    [...pip, "download", "--quiet", "--no-deps", "--no-binary", "flask", "-d", sources, `flask==${version}`],
    "PyPI could not give Flask's source distribution",
  );
  await run(python, ["-c", extractFlaskr, sources, join(folder, "flaskr")], "Flask's source distribution");
  await rm(sources, { recursive: true });
}

const extractFlaskr = `
import glob, os, sys, tarfile
sources, target = sys.argv[1:]
marker = "/examples/tutorial/flaskr/"
with tarfile.open(glob.glob(os.path.join(sources, "*.tar.gz"))[0]) as archive:
    members = [member for member in archive if marker in member.name and member.isfile()]
    if not members:
        sys.exit("no examples/tutorial/flaskr in " + archive.name)
    for member in members:
        path = os.path.join(target, "flaskr", *member.name.split(marker, 1)[1].split("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(archive.extractfile(member).read())
`;

async function main() {
  const identity = await run(
    interpreter,
    ["-ISc", "import sys; print(sys.version, sys.executable)"],
    `The tests need Python 3.8 or newer as "${interpreter}" (TEST_PYTHON names another)`,
  );
  const fingerprint = createHash("sha256")
    .update(await readFile(requirements))
    .update(await readFile(fileURLToPath(import.meta.url)))
    .update(identity)
    .digest("hex");
  if (existsSync(stamp) && (await readFile(stamp, "utf8")) === fingerprint) return 0;

  console.log(`Preparing node_modules/.cache/highball/tests with Python ${identity.split(" ")[0]} (once)`);
  try {
    await build();
    await writeFile(stamp, fingerprint);
    return 0;
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    await mkdir(folder, { recursive: true });
    await writeFile(unavailable, error.message);
    if (process.env["CI"] === "true") {
      console.error(`${error.message}\nCI=true, so the framework tests must run: this is a failure.`);
      return 1;
    }
    console.error(`${error.message}\nThe framework tests will be skipped.`);
    return 0;
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof StepFailed ? error.message : error);
  process.exitCode = 1;
}
