/** The PIN of a project: random, its own, this user's alone, and the same after a restart. */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { findPin, formatPin, isPin, type Pin } from "../../src/debug/pin.ts";
import { readPrivateFile, writePrivateFile } from "../../src/debug/private-file.ts";
import { projectFolderPath } from "../../src/debug/project-folder.ts";
import { makeFolder } from "../support/folder.ts";
import { failureOf } from "../support/resolve.ts";

class Home {
  readonly folder: string = makeFolder();
  readonly project: string = join(this.folder, "shop");
  readonly environment: Record<string, string> = { HOME: this.folder };
  readonly warnings: string[] = [];

  constructor() {
    mkdirSync(this.project);
  }

  find(given: Record<string, string> = {}): Pin {
    return findPin({
      project: this.project,
      environment: { ...this.environment, ...given },
      warn: (message) => void this.warnings.push(message),
    });
  }

  /** The project's own folder. */
  get state(): string {
    return projectFolderPath(this.project, this.environment);
  }

  get file(): string {
    return join(this.state, "pin");
  }
}

function digits(pin: Pin): string {
  if (pin.kind === "off") throw new Error("there is no PIN");
  return pin.digits;
}

const mode = (path: string): string => (lstatSync(path).mode & 0o777).toString(8);

describe("the PIN of a project", () => {
  it("has nine digits, is kept for this user alone, and stays", () => {
    const home = new Home();
    const first = home.find();
    expect(first).toMatchObject({ kind: "on", from: "project", digits: expect.stringMatching(/^\d{9}$/) });
    expect(home.find()).toEqual(first);
    expect(readFileSync(home.file, "utf8")).toBe(`${formatPin(digits(first))}\n`);
    expect([mode(home.file), mode(home.state), mode(dirname(home.state))]).toEqual(["600", "700", "700"]);
    expect(readdirSync(home.state)).toEqual(["pin"]);
    expect(home.warnings).toEqual([]);
  });

  it("is below XDG_STATE_HOME, if that is an absolute path", () => {
    const home = new Home();
    const elsewhere = makeFolder();
    home.find({ XDG_STATE_HOME: elsewhere });
    expect(readdirSync(elsewhere)).toEqual(["highball"]);
    home.find({ XDG_STATE_HOME: "relative" });
    expect(existsSync(join(home.folder, ".local/state/highball"))).toBe(true);
  });

  it("is the project's, by whatever path that is named, and no other's", () => {
    const home = new Home();
    const link = join(home.folder, "link");
    symlinkSync(home.project, link);
    expect(projectFolderPath(link, home.environment)).toBe(home.state);
    const other = new Home();
    other.environment["HOME"] = home.folder;
    expect(digits(other.find())).not.toBe(digits(home.find()));
  });

  it("is made anew when others could read it, and says so without it", () => {
    const home = new Home();
    const old = digits(home.find());
    chmodSync(home.file, 0o644);
    const renewed = digits(home.find());
    expect(renewed).not.toBe(old);
    expect(mode(home.file)).toBe("600");
    expect(home.warnings).toEqual([
      `The debugger has a new PIN: others could read the old one, because "${home.file}" had mode 644.`,
    ]);
    expect(digits(home.find())).toBe(renewed);
  });

  it("closes a folder of ours that others may enter", () => {
    const home = new Home();
    home.find();
    chmodSync(home.state, 0o755);
    home.find();
    expect(mode(home.state)).toBe("700");
  });

  it("may be written into the file by hand, and is made anew where that holds none", () => {
    const home = new Home();
    home.find();
    writeFileSync(home.file, "2718-2818\n");
    expect(digits(home.find())).toBe("27182818");
    writeFileSync(home.file, "hello");
    expect(digits(home.find())).toMatch(/^\d{9}$/);
    expect(home.warnings).toEqual([`The debugger has a new PIN: "${home.file}" held none.`]);
  });

  it.each([
    ["the file", (home: Home): string => home.file],
    ["the folder", (home: Home): string => home.state],
  ])("follows no symbolic link in the place of %s: it is then for this run only", (_what, path) => {
    const home = new Home();
    const trap = makeFolder();
    home.find();
    rmSync(path(home), { recursive: true });
    symlinkSync(trap, path(home));
    const pin = home.find();
    expect(pin).toMatchObject({ kind: "on", from: "run" });
    expect(readdirSync(trap)).toEqual([]);
    expect(home.warnings).toHaveLength(1);
    expect(home.warnings[0]).toMatch(
      /^The debugger's PIN is for this run only, because ".*" is (?:a symbolic link|no folder)\.$/,
    );
    expect(home.warnings[0]).not.toContain(digits(pin));
  });

  it("is for this run only where nothing can be kept", () => {
    const home = new Home();
    writeFileSync(join(home.folder, ".local"), "a file, where a folder should be");
    const one = home.find();
    expect(one).toMatchObject({ kind: "on", from: "run" });
    expect(digits(home.find())).not.toBe(digits(one));
    expect(home.warnings[0]).toMatch(
      /^The debugger's PIN is for this run only, because ".*" cannot be written: /,
    );
  });

  it("is that of the first of two servers that start at once: the other's replaces no file", () => {
    const path = join(makeFolder(), "pin");
    expect(writePrivateFile(path, "1111", { replace: false })).toBe(true);
    expect(writePrivateFile(path, "2222", { replace: false })).toBe(false);
    expect(readPrivateFile(path)).toEqual({ kind: "read", text: "1111" });
    expect(readdirSync(dirname(path))).toEqual(["pin"]);
  });
});

describe("a PIN of the environment", () => {
  it.each([
    [{ HIGHBALL_DEBUG_PIN: "123-456" }, "123456"],
    [{ WERKZEUG_DEBUG_PIN: "1234 5678" }, "12345678"],
    [{ HIGHBALL_DEBUG_PIN: "1111", WERKZEUG_DEBUG_PIN: "2222" }, "1111"],
    [{ HIGHBALL_DEBUG_PIN: "", WERKZEUG_DEBUG_PIN: "2222" }, "2222"],
  ])("%j is %s, and nothing is kept", (given, expected) => {
    const home = new Home();
    expect(home.find(given)).toEqual({ kind: "on", digits: expected, from: "environment" });
    expect(existsSync(home.state)).toBe(false);
  });

  it.each([{ HIGHBALL_DEBUG_PIN: "off" }, { WERKZEUG_DEBUG_PIN: "OFF" }])("%j is none", (given) => {
    expect(new Home().find(given)).toEqual({ kind: "off" });
  });

  it("that cannot be read is an error that does not repeat it; Werkzeug's does not count", async () => {
    const home = new Home();
    const error = await failureOf(() => home.find({ HIGHBALL_DEBUG_PIN: "12x" }));
    expect([error.code, error.exitCode]).toEqual(["INVALID_VALUE", 2]);
    expect(error.message + error.hint).not.toContain("12x");
    expect(home.find({ WERKZEUG_DEBUG_PIN: "12x" })).toMatchObject({ from: "project" });
    expect(home.warnings.join()).not.toContain("12x");
  });
});

describe("a PIN", () => {
  it("is typed with dashes and spaces or without", () => {
    const pin: Pin = { kind: "on", digits: "123456789", from: "run" };
    expect(["123-456-789", "123 456 789", " 123456789"].map((typed) => isPin(pin, typed))).toEqual([
      true,
      true,
      true,
    ]);
    expect(["", "12345678", "1234567890", "off"].map((typed) => isPin(pin, typed))).not.toContain(true);
    expect(isPin({ kind: "off" }, "")).toBe(false);
  });

  it.each([
    ["123456789", "123-456-789"],
    ["123456", "123-456"],
    ["12345678", "1234-5678"],
    ["1234567890", "12345-67890"],
    ["1234567", "123-456-7"],
  ])("%s is shown as %s", (text, shown) => {
    expect(formatPin(text)).toBe(shown);
  });
});
