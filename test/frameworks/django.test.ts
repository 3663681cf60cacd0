/** The Django project of examples/django: its admin, its database, its forms with CSRF tokens. */
import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Fixture } from "../contract/transports.ts";
import { Browser } from "../support/browser.ts";
import { describeFramework, python, repository } from "../support/environment.ts";

const run = promisify(execFile);
const transport = { name: "TCP", socket: "tcp", workers: 2, threads: 2 } as const;

describeFramework("Django", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "highball-django-"));
    await cp(join(repository, "examples", "django"), folder, { recursive: true });
    await writeFile(
      join(folder, "validated.py"),
      "from wsgiref.validate import validator\nfrom mysite.wsgi import application\napp = validator(application)\n",
    );
    await manage("migrate", "--verbosity", "0");
    await manage("createsuperuser", "--noinput", "--username", "admin", "--email", "admin@example.org");
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function manage(...words: string[]): Promise<void> {
    const env = { ...process.env, DJANGO_SUPERUSER_PASSWORD: "correct horse" };
    await run(python, ["manage.py", ...words], { cwd: folder, env });
  }

  describe.each([
    ["as its folder", "."],
    ["as a module", "mysite.wsgi"],
    ["watched by wsgiref.validate", "validated:app"],
  ])("%s", (name, application) => {
    let fixture: Fixture;
    let visitor: Browser;
    const title = `A note by ${name}`;

    beforeAll(async () => {
      fixture = await Fixture.start(transport, { application, chdir: folder });
      visitor = new Browser(fixture.server.url);
    });
    afterAll(() => fixture.close());

    it("shows its page", async () => {
      const page = await visitor.get("/");
      expect(page.status).toBe(200);
      expect(page.text).toContain("<h1>Notes</h1>");
    });

    it("asks for a password before the admin, with the way back in the query", async () => {
      const page = await visitor.get("/admin/notes/note/?q=a%20b");
      expect(page).toMatchObject({
        status: 302,
        location: "/admin/login/?next=/admin/notes/note/%3Fq%3Da%2520b",
      });
    });

    it("refuses a form without its CSRF token", async () => {
      const page = await visitor.post("/admin/login/", { username: "admin", password: "correct horse" });
      expect(page.status).toBe(403);
      expect(page.text).toContain("CSRF");
    });

    it("logs in through the form", async () => {
      const wrong = await visitor.submit("/admin/login/", { username: "admin", password: "wrong" });
      expect(wrong.text).toContain("Please enter the correct username and password");
      const right = await visitor.submit("/admin/login/?next=/admin/", {
        username: "admin",
        password: "correct horse",
      });
      expect(right).toMatchObject({ status: 302, location: "/admin/" });
      expect((await visitor.get("/admin/")).text).toContain("Site administration");
    });

    it("adds an object, shows it, and deletes it", async () => {
      const added = await visitor.submit("/admin/notes/note/add/", {
        title,
        text: "caf\u00e9 \u{1f378}".repeat(10_000),
      });
      expect(added).toMatchObject({ status: 302, location: "/admin/notes/note/" });
      const list = await visitor.get("/admin/notes/note/");
      expect(list.text).toContain("was added successfully");
      expect((await visitor.get("/")).text).toContain(title);

      const change = /href="(\/admin\/notes\/note\/\d+\/)change\//.exec(list.text)?.[1];
      const deleted = await visitor.submit(`${change}delete/`, { post: "yes" });
      expect(deleted).toMatchObject({ status: 302, location: "/admin/notes/note/" });
      expect((await visitor.get("/")).text).not.toContain(title);
    });

    it("answers 404 to a path it does not know", async () => {
      expect((await visitor.get("/nowhere/")).status).toBe(404);
    });

    it("serves the admin's style sheet while it is in DEBUG", async () => {
      const sheet = await visitor.get("/static/admin/css/base.css");
      expect(sheet.status).toBe(200);
      expect(sheet.headers.get("content-type")).toContain("text/css");
    });
  });

  it("without DEBUG serves no static files: that is a web server's work", async () => {
    const fixture = await Fixture.start(transport, {
      application: ".",
      chdir: folder,
      env: { DJANGO_DEBUG: "0", SECRET_KEY: "of the test" },
    });
    try {
      const visitor = new Browser(fixture.server.url);
      expect((await visitor.get("/")).status).toBe(200);
      expect((await visitor.get("/static/admin/css/base.css")).status).toBe(404);
    } finally {
      await fixture.close();
    }
  });
});
