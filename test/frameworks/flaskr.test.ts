/** The application of Flask's tutorial, unmodified, out of Flask's source distribution. */
import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Fixture } from "../contract/transports.ts";
import { Browser } from "../support/browser.ts";
import { describeFramework, flaskr, python } from "../support/environment.ts";

// Werkzeug trusts wsgi.input_terminated and reads without a size; wsgiref.validate, which is older than
// that key, takes it for a mistake of the application's. Without the key Werkzeug counts by itself.
const validated = `
from wsgiref.validate import validator
from flaskr import create_app

flaskr = create_app()

def counting(environ, start_response):
    del environ["wsgi.input_terminated"]
    return flaskr(environ, start_response)

app = validator(counting)
`;

const run = promisify(execFile);

describeFramework("flaskr", () => {
  describe.each([
    ["as it is", "flaskr:create_app()"],
    ["watched by wsgiref.validate", "validated:app"],
  ])("%s", (_, application) => {
    let fixture: Fixture;
    let folder: string;
    let author: Browser;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "highball-flaskr-"));
      await cp(flaskr, folder, { recursive: true });
      await writeFile(join(folder, "validated.py"), validated);
      await run(python, ["-m", "flask", "--app", "flaskr", "init-db"], { cwd: folder });
      // Two processes: the session must hold whichever of them answers.
      const transport = { name: "TCP", socket: "tcp", workers: 2, threads: 2 } as const;
      fixture = await Fixture.start(transport, { application, chdir: folder });
      author = new Browser(fixture.server.url);
    });
    afterAll(async () => {
      await fixture.close();
      await rm(folder, { recursive: true, force: true });
    });

    it("shows its page to a stranger, and sends him to log in before he may write", async () => {
      expect(await author.get("/")).toMatchObject({ status: 200 });
      expect((await author.get("/")).text).toContain("Log In");
      expect(await author.get("/create")).toMatchObject({ status: 302, location: "/auth/login" });
    });

    it("registers, and refuses a name that is taken", async () => {
      const form = { username: "ann", password: "secret" };
      expect(await author.post("/auth/register", form)).toMatchObject({
        status: 302,
        location: "/auth/login",
      });
      expect((await author.post("/auth/register", form)).text).toContain("already registered");
    });

    it("logs in, and refuses a wrong password", async () => {
      const wrong = await author.post("/auth/login", { username: "ann", password: "wrong" });
      expect(wrong.text).toContain("Incorrect password.");
      const right = await author.post("/auth/login", { username: "ann", password: "secret" });
      expect(right).toMatchObject({ status: 302, location: "/" });
      expect((await author.get("/")).text).toContain("Log Out");
    });

    it("creates, edits and deletes a post", async () => {
      const created = await author.post("/create", { title: "First caf\u00e9", body: "x".repeat(100_000) });
      expect(created).toMatchObject({ status: 302, location: "/" });
      expect((await author.get("/")).text).toContain("First caf\u00e9");

      expect((await author.get("/1/update")).text).toContain("First caf\u00e9");
      const edited = await author.post("/1/update", { title: "Edited \u{1f378}", body: "short" });
      expect(edited).toMatchObject({ status: 302, location: "/" });
      const page = await author.get("/");
      expect(page.text).toContain("Edited \u{1f378}");
      expect(page.text).not.toContain("First caf\u00e9");

      const stranger = new Browser(fixture.server.url);
      await stranger.post("/auth/register", { username: "bob", password: "other" });
      await stranger.post("/auth/login", { username: "bob", password: "other" });
      expect(await stranger.post("/1/update", { title: "Mine", body: "" })).toMatchObject({ status: 403 });
      expect(await stranger.post("/99/update", { title: "None", body: "" })).toMatchObject({ status: 404 });

      expect(await author.post("/1/delete", {})).toMatchObject({ status: 302, location: "/" });
      expect((await author.get("/")).text).not.toContain("Edited");
    });

    it("serves its style sheet, whole, in part and not again", async () => {
      const whole = await author.get("/static/style.css");
      expect(whole).toMatchObject({ status: 200 });
      expect(whole.headers.get("content-type")).toContain("text/css");
      const part = await author.get("/static/style.css", { Range: "bytes=10-29" });
      expect(part).toMatchObject({ status: 206, text: whole.text.slice(10, 30) });
      const again = await author.get("/static/style.css", {
        "If-None-Match": whole.headers.get("etag") ?? "",
      });
      expect(again).toMatchObject({ status: 304, text: "" });
    });

    it("logs out", async () => {
      expect(await author.get("/auth/logout")).toMatchObject({ status: 302, location: "/" });
      expect(await author.get("/create")).toMatchObject({ status: 302, location: "/auth/login" });
    });

    it("has said nothing", async () => {
      expect(await fixture.output()).toBe("");
    });
  });
});
