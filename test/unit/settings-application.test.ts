import { describe, expect, it } from "vitest";
import { findApplication, subcommandHint } from "../../src/settings/application.ts";
import { makeFolder } from "../support/folder.ts";
import { failureOf, settingsOf } from "../support/resolve.ts";

describe("an application that nobody named", () => {
  it.each([
    [["wsgi.py", "app.py", "main.py", "manage.py"], "wsgi.py"],
    [["app.py", "main.py", "manage.py"], "app.py"],
    [["main.py", "manage.py"], "main.py"],
    [["manage.py"], "manage.py"],
  ])("in a folder with %j is %s", (names, expected) => {
    const folder = makeFolder(Object.fromEntries(names.map((name) => [name, ""])));
    expect(findApplication(folder)).toEqual({
      application: expected,
      origin: { kind: "found", path: folder },
    });
  });

  it("is looked for where --chdir leads", async () => {
    const directory = makeFolder({ "site/app.py": "" });
    expect((await settingsOf(["--chdir", "site"], { directory })).settings.application).toBe("app.py");
  });

  it("is missed with what was looked for, where, and what to type", async () => {
    const folder = makeFolder({ "server.py": "" });
    const error = await failureOf(() => findApplication(folder));
    expect(error).toMatchObject({ code: "APPLICATION_NOT_FOUND", exitCode: 4 });
    expect(error.message).toBe(
      `No application was named, and "${folder}" has none of wsgi.py, app.py, main.py, manage.py.`,
    );
    expect(error.hint).toContain("highball myproject:app");
    expect(error.hint).toContain("FLASK_APP");
  });
});

describe("an application whose name looks like a subcommand", () => {
  it.each([
    ["dve", "Did you mean: highball dev"],
    ["develop", "Did you mean: highball dev"],
    ["runserver", "Did you mean: highball dev"],
    ["conifg", "Did you mean: highball config"],
    ["hepl", "Did you mean: highball help"],
    ["run", "Serving needs no word: highball [APP]"],
  ])("%s gets a hint", (name, hint) => {
    expect(subcommandHint(name)).toBe(hint);
  });

  it.each(["myproject:app", "app.py", "site", "blog.wsgi"])("%s gets none", (name) => {
    expect(subcommandHint(name)).toBeUndefined();
  });
});
