/** Bottle, Falcon and Pyramid: the same small application in each, bare and watched by wsgiref.validate. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Fixture } from "../contract/transports.ts";
import { Browser } from "../support/browser.ts";
import { apps, describeFramework } from "../support/environment.ts";

describeFramework.each(["bottle", "falcon", "pyramid"])("%s", (framework) => {
  describe.each(["app", "validated"])("%s", (attribute) => {
    let fixture: Fixture;
    let browser: Browser;

    beforeAll(async () => {
      fixture = await Fixture.start(
        { name: "TCP", socket: "tcp", workers: 1, threads: 4 },
        { application: `${framework}_hello:${attribute}` },
      );
      browser = new Browser(fixture.server.url);
    });
    afterAll(() => fixture.close());

    it("reads the path", async () => {
      expect(await browser.get("/hello/caf%C3%A9")).toMatchObject({ status: 200, text: "Hello, caf\u00e9!" });
    });

    it("reads a form and sets a cookie", async () => {
      const page = await browser.post("/form", { word: "highball" });
      expect(JSON.parse(page.text)).toEqual({ word: "highball" });
      expect(page.headers.getSetCookie()[0]).toMatch(/^last=highball/);
    });

    it("streams", async () => {
      expect(await browser.get("/stream")).toMatchObject({ status: 200, text: "one two" });
    });

    it("sends a file", async () => {
      const source = await readFile(join(apps, "hello.py"), "utf8");
      expect(await browser.get("/file")).toMatchObject({ status: 200, text: source });
    });

    it("answers 500 to its error and goes on", async () => {
      expect(await browser.get("/error")).toMatchObject({ status: 500 });
      expect(await browser.get("/hello/again")).toMatchObject({ status: 200 });
      expect(await fixture.output()).toContain("ValueError: expected");
    });

    it("answers 404", async () => {
      expect(await browser.get("/nowhere")).toMatchObject({ status: 404 });
    });
  });
});
