/** The examples of docs/reference/development.md, run as they stand there, against a server that has what they ask for. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { serve, type Server } from "../../src/index.ts";
import { repository } from "../support/environment.ts";

const run = promisify(execFile);

const APPLICATION = `
import gzip

def app(environ, start_response):
    if environ["PATH_INFO"] == "/login":
        headers = [("Content-Type", "text/plain; charset=latin-1"), ("Content-Encoding", "gzip")]
        start_response("201 Made", [*headers, ("Set-Cookie", "session=s3cret; Path=/")])
        return [gzip.compress(environ["wsgi.input"].read() + b": \\xe9")]
    total = {"people": 0}
    return [1 / total["people"]]
`;

const home = mkdtempSync(join(tmpdir(), "highball-debugger-api-"));
const project = join(home, "shop");
let server: Server;
let url = "";

beforeAll(async () => {
  mkdirSync(project);
  writeFileSync(join(project, "app.py"), APPLICATION);
  vi.stubEnv("XDG_STATE_HOME", join(home, "state"));
  server = await serve({
    mode: "development",
    application: "app:app",
    chdir: project,
    // Requests are sent again to the first.
    bind: [`unix:${join(home, "socket")}`, "127.0.0.1:0"],
    accessLogfile: null,
    errorLogfile: join(home, "error.log"),
  });
  url = `http://127.0.0.1:${server.port}`;
  await fetch(`${url}/pay`);
}, 60_000);

afterAll(async () => {
  await server.close();
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

const page = readFileSync(join(repository, "docs/reference/development.md"), "utf8");
const [, section = ""] = page.split("## The debugger's API");
const blocks = [...section.matchAll(/```sh\n([^]*?)```/g)].map(([, block = ""]) => block);
const [token = "", ...examples] = blocks;
const commands = examples.flatMap((block) => block.replaceAll("\\\n", " ").trim().split("\n"));

async function shell(command: string): Promise<string> {
  const own = command
    .replaceAll("http://localhost:8000", url)
    .replaceAll("curl ", "curl -sS --fail-with-body ");
  const { stdout } = await run("bash", ["-euc", `${token}\n${own}`], { encoding: "utf8" });
  return stdout;
}

/** What each answers, in their order. */
const answers = [
  '"title":"ZeroDivisionError: division by zero"',
  "ZeroDivisionError: division by zero",
  "ZeroDivisionError: division by zero",
  '"target":"/pay"',
  "1.1 application app",
  '"unlocked":true',
  '"status":"done"',
  '{"completions":["total"]}',
  `'app'`,
  '"status":500',
];

describe("the examples of the debugger's API", () => {
  it("are as many as have an answer here", () => {
    expect(commands).toHaveLength(answers.length);
  });

  it.each(commands.map((command, index) => [command.replaceAll(/ +/g, " "), answers[index] ?? ""] as const))(
    "%s",
    async (command, answer) => {
      expect(await shell(command)).toContain(answer);
    },
  );
});

describe("the debugger's API", () => {
  it("is documented with every code that it refuses with", () => {
    const source = readFileSync(join(repository, "src/debug/refusal.ts"), "utf8");
    const codes = [...source.matchAll(/^ {2}\| "([A-Z_]+)"/gm)].map(([, code]) => code);
    const documented = [...section.matchAll(/^\| \d{3} \| `([A-Z_]+)` \|/gm)].map(([, code]) => code);
    expect(codes.length).toBeGreaterThan(5);
    expect(new Set(documented)).toEqual(new Set(codes));
  });

  it("tells of a replay all that is documented, with the application's own response", async () => {
    const sent = await fetch(`${url}/login?name=x`, { method: "POST", body: "cafe" });
    await sent.arrayBuffer();
    const { requests } = JSON.parse(await shell(`curl ${url}/__highball__/requests`)) as {
      requests: readonly { readonly id: number; readonly target: string }[];
    };
    const id = requests.find(({ target }) => target === "/login?name=x")?.id;
    const told = await shell(
      `curl -H "X-Highball-Token: $TOKEN" --json '{}' ${url}/__highball__/requests/${id}/replay`,
    );
    const { answer } = JSON.parse(told) as { answer: Readonly<Record<string, unknown>> };
    expect(answer).toMatchObject({
      status: 201,
      reason: "Made",
      contentType: "text/plain; charset=latin-1",
      contentCoding: "gzip",
      body: "cafe: é",
      bodyIsCut: false,
      bodySize: expect.any(Number) as number,
      end: "whole",
    });
    expect(answer["headers"]).toContainEqual(["Set-Cookie", "session=••••••(1–7); Path=/"]);
    expect(told).not.toContain("s3cret");
    const [, fields = ""] = section.split("### The answer to a replay");
    const [rows = ""] = fields.split("###");
    const documented = [...rows.matchAll(/^\| (`.+?) \|/gm)].flatMap(([, names = ""]) =>
      names.replaceAll("`", "").split(", "),
    );
    expect(new Set(documented)).toEqual(new Set(Object.keys(answer)));
  });

  it("goes with the server: its token stands in no file any more", async () => {
    await server.close();
    await expect(run("bash", ["-euc", `shopt -s failglob; ${token}`])).rejects.toThrow("no match");
  });
});
