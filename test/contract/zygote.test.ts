/** Which libraries a new worker finds imported, seen from its answers. */
import { join } from "node:path";
import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { serve, type Server } from "../../src/index.ts";
import { python } from "../support/environment.ts";
import { makeFolder } from "../support/folder.ts";
import { Client } from "../support/http-client.ts";
import { until } from "../support/processes.ts";

/** A library that notes whether the application was there when it was imported. */
const NOTING = 'import os, sys\nahead = "app" not in sys.modules\n';

/** Answers with `ahead` or `here` for each of these libraries, and what else is asked for. */
function application(libraries: readonly string[], before = "", value = "''"): string {
  return `${before}
import ${libraries.join(", ")}
found = ["ahead" if library.ahead else "here" for library in (${libraries.join(", ")},)]
def app(environ, start_response):
    start_response("200 OK", [])
    return [" ".join([*found, str(${value})]).encode()]
`;
}

class Project {
  readonly #folder: string;
  readonly #server: Server;
  readonly #log: string;
  #saves = 0;

  private constructor(folder: string, server: Server, log: string) {
    this.#folder = folder;
    this.#server = server;
    this.#log = log;
  }

  static async serve(
    code: string,
    libraries: Readonly<Record<string, string>>,
    zygote: "fork" | "spare",
  ): Promise<Project> {
    const files = Object.entries(libraries).map(([name, text]) => [`site-packages/${name}.py`, text]);
    const folder = makeFolder({ "app.py": code, ...Object.fromEntries(files) });
    const log = join(makeFolder(), "log");
    const server = await serve({
      application: "app",
      chdir: folder,
      bind: ["127.0.0.1:0"],
      workers: 1,
      threads: 1,
      python,
      reload: true,
      zygote,
      env: { PYTHONPATH: join(folder, "site-packages") },
      errorLogfile: log,
      logLevel: "debug",
    });
    return new Project(folder, server, log);
  }

  log(): string {
    return readFileSync(this.#log, "utf8");
  }

  /** Waits until something has been logged so many times. */
  async logged(text: string, times = 1): Promise<void> {
    await until(() => this.log().split(text).length > times, 20_000);
  }

  /** Saves, and returns what the new code answers. */
  async save(code: string): Promise<string> {
    this.#saves += 1;
    writeFileSync(join(this.#folder, "app.py"), `${code}\n# ${this.#saves}\n`);
    const client = await Client.connect({ host: "127.0.0.1", port: this.#server.port });
    const { status, text } = await client.fetch("GET", "/");
    client.destroy();
    return status === 200 ? text.trim() : `${status} ${text}`;
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}

const open: Project[] = [];

async function start(...parameters: Parameters<typeof Project.serve>): Promise<Project> {
  const project = await Project.serve(...parameters);
  open.push(project);
  return project;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((project) => project.close()));
});

describe.each([
  ["fork", "The zygote is ready."],
  ["spare", "A spare interpreter is ready."],
] as const)("--zygote %s", (zygote, ready) => {
  it("has libraries imported ahead, but for those that cannot be, and those that import them", async () => {
    const code = application(["fine", "needy", "outer", "guilty"], "import settings_of_mine");
    const project = await start(
      `import sys\nsys.modules["settings_of_mine"] = sys\n${code}`,
      {
        fine: NOTING,
        needy: `import settings_of_mine\n${NOTING}`,
        outer: `import guilty\n${NOTING}`,
        guilty: `${NOTING}os.environ["GUILTY"] = "yes"\n`,
      },
      zygote,
    );
    await project.logged(ready);
    expect(project.log()).toContain('"guilty" is not imported ahead: it changed the environment (GUILTY).');
    expect(project.log()).toContain(
      '"needy" is not imported ahead: its import fails outside of the application',
    );
    expect(await project.save(`import sys\nsys.modules["settings_of_mine"] = sys\n${code}`)).toBe(
      "ahead here here here",
    );
  });

  it("gives way to a variable that the application sets before it imports a library that goes by it", async () => {
    const loud = `${NOTING}level = os.environ.get("LEVEL", "low")\n`;
    const libraries = { loud, other: NOTING };
    const quiet = application(["loud", "other"], "", "loud.level");
    const project = await start(quiet, libraries, zygote);
    await project.logged(ready);
    expect(await project.save(quiet)).toBe("ahead ahead low");
    await project.logged(ready, zygote === "fork" ? 1 : 2);
    const set = application(["loud", "other"], 'import os\nos.environ["LEVEL"] = "high"', "loud.level");
    // It was imported without the variable, so all is begun anew.
    expect(await project.save(set)).toBe("here here high");
    await project.logged(`"loud" is not imported ahead: it looked up 'LEVEL', which the application sets.`);
    await project.logged(ready, zygote === "fork" ? 2 : 3);
    expect(await project.save(set)).toBe("here ahead high");
  });
});
