import { mkdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { python } from "../support/environment.ts";
import { makeFolder } from "../support/folder.ts";
import { type RunningCli, startCli } from "../support/run-cli.ts";

const running: RunningCli[] = [];

/** Starts `highball dev` in a folder, and resolves with what asks it. */
async function dev(
  folder: string,
  ...args: readonly string[]
): Promise<{ cli: RunningCli; get: () => Promise<string> }> {
  const cli = startCli(["dev", "--port", "0", "--python", python, ...args], { cwd: folder });
  running.push(cli);
  const [, url = ""] = await cli.waitFor(/Local\s+(http:\S+)/);
  return { cli, get: async () => (await fetch(url)).text() };
}

function answering(expression: string): string {
  return `
import os
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(${expression}).encode()]
`;
}

afterEach(async () => {
  for (const cli of running) cli.process.kill("SIGTERM");
  await Promise.all(running.splice(0).map((cli) => cli.exited));
});

describe("highball dev", () => {
  it("says what changed, how it restarts and how long it took, in the words that tools know", async () => {
    const folder = makeFolder({ "app.py": answering("1") });
    const { cli, get } = await dev(folder, "app.py");
    expect(await get()).toBe("1");
    writeFileSync(join(folder, "app.py"), answering("2"));
    expect(await get()).toBe("2");
    const lines = cli.stderr();
    expect(lines).toContain(` * Detected change in '${folder}/app.py', reloading\n`);
    expect(lines).toMatch(/ \* Restarting with native\n/);
    expect(lines).toMatch(/ \* Ready after \d+ ms\n/);
  });

  it("names the slowest imports, if asked to", async () => {
    const folder = makeFolder({ "app.py": answering("1"), "slow.py": "sum(range(300_000))" });
    const { cli, get } = await dev(folder, "--reload-verbose", "--no-zygote", "app.py");
    writeFileSync(join(folder, "app.py"), `import slow\n${answering("2")}`);
    expect(await get()).toBe("2");
    expect(cli.stderr()).toMatch(/Ready after \d+ ms; slowest imports: .*\bslow \d+ ms/);
  });

  it("takes up a changed environment file", async () => {
    const folder = makeFolder({ "app.py": answering('os.environ["COLOUR"]'), ".env": "COLOUR=red" });
    const { get } = await dev(folder, "--env-file", ".env", "app.py");
    expect(await get()).toBe("red");
    writeFileSync(join(folder, ".env"), "COLOUR=green");
    expect(await get()).toBe("green");
  });

  it("stays when the environment file is broken, and says so", async () => {
    const folder = makeFolder({ "app.py": answering('os.environ["COLOUR"]'), ".env": "COLOUR=red" });
    const { get } = await dev(folder, "--env-file", ".env", "app.py");
    unlinkSync(join(folder, ".env"));
    expect(await get()).toMatch(/^500.*\.env/s);
    writeFileSync(join(folder, ".env"), "COLOUR=green");
    expect(await get()).toBe("green");
  });

  it("takes up a changed settings file, and names what needs a restart", async () => {
    const folder = makeFolder({
      "app.py": answering('environ["wsgi.multithread"]'),
      "highball.toml": "threads = 1\nkeep-alive = 10\n",
    });
    const { cli, get } = await dev(folder, "app.py");
    expect(await get()).toBe("False");
    writeFileSync(join(folder, "highball.toml"), "threads = 4\nkeep-alive = 20\n");
    expect(await get()).toBe("True");
    expect(cli.stderr()).toContain('"keep-alive" has changed in the settings: restart Highball to apply it.');
  });

  it("follows a release that a link is switched to", async () => {
    const folder = makeFolder();
    for (const release of ["1", "2"]) {
      mkdirSync(join(folder, `release-${release}`));
      writeFileSync(join(folder, `release-${release}`, "app.py"), answering(release));
    }
    symlinkSync("release-1", join(folder, "current"));
    const { get } = await dev(folder, "--chdir", "current", "app.py");
    expect(await get()).toBe("1");
    symlinkSync("release-2", join(folder, "next"));
    renameSync(join(folder, "next"), join(folder, "current"));
    expect(await get()).toBe("2");
  });

  it("shows a changed template of Flask's without a restart", async () => {
    const folder = makeFolder({
      "app.py": `from flask import Flask, render_template
app = Flask(__name__)
@app.get("/")
def index():
    return render_template("index.html")
`,
      "templates/index.html": "old",
    });
    const { cli, get } = await dev(folder, "app.py");
    expect(await get()).toBe("old");
    writeFileSync(join(folder, "templates/index.html"), "new page");
    expect(await get()).toBe("new page");
    expect(cli.stderr()).not.toContain("Restarting");
  });

  it("shows a changed template of Django's, which would keep the old one, by a restart", async () => {
    const folder = makeFolder({
      "site_wsgi.py": `import pathlib
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.shortcuts import render
from django.urls import path
settings.configure(DEBUG=True, SECRET_KEY="x", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], TEMPLATES=[
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [pathlib.Path(__file__).parent / "templates"]},
])
urlpatterns = [path("", lambda request: render(request, "index.html"))]
application = get_wsgi_application()
`,
      "templates/index.html": "old",
    });
    const { cli, get } = await dev(folder, "site_wsgi:application");
    expect(await get()).toBe("old");
    // That Django has loaded what keeps templates is known a moment after the first page.
    let saves = 0;
    await expect
      .poll(async () => {
        saves += 1;
        writeFileSync(join(folder, "templates/index.html"), `new page${" ".repeat(saves)}`);
        return (await get()).trimEnd();
      })
      .toBe("new page");
    expect(cli.stderr()).toContain("templates/index.html', reloading");
  });

  it("loads again what was saved while it was first imported, before anything was watched", async () => {
    const folder = makeFolder({
      "app.py": `import part
if part.value == 1:
    with open("part.py", "w") as file:
        file.write("value = 22")
${answering("part.value")}`,
      "part.py": "value = 1",
    });
    const { get } = await dev(folder, "app.py");
    expect(await get()).toBe("22");
  });

  it("waits for an application that does not exist yet", async () => {
    const folder = makeFolder();
    const { cli, get } = await dev(folder, "--log-level", "debug", "app");
    expect(cli.stdout() + cli.stderr()).toContain("cannot be loaded");
    expect(await get()).toMatch(/^500/);
    writeFileSync(join(folder, "app.py"), answering("1"));
    expect(await get()).toBe("1");
  });
});
