import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseToml } from "smol-toml";
import { describe, expect, expectTypeOf, it } from "vitest";
import { actions } from "../../src/settings/flags.ts";
import { resolveOptions } from "../../src/settings/options.ts";
import type { Settings } from "../../src/settings/settings.ts";
import {
  inputNames,
  type Inputs,
  keyOf,
  rowOf,
  sections,
  standardOf,
  variableOf,
} from "../../src/settings/table.ts";
import { repository } from "../support/environment.ts";

/** Rows that shape other settings and are none themselves. */
const shorthands = ["host", "port", "envFile", "config"];

describe("the table of settings", () => {
  it("has the type of Settings, name by name, both ways", () => {
    type Tabled = Omit<Inputs, "host" | "port" | "envFile" | "config" | "workers" | "application">;
    expectTypeOf<Tabled>().toEqualTypeOf<Omit<Settings, "mode" | "workers" | "application">>();
  });

  it("has a row for every field of the resolved settings, and no other", () => {
    const settings = resolveOptions({ application: "app" });
    const fields = Object.keys(settings.settings).filter((name) => name !== "mode");
    expect(new Set(inputNames.filter((name) => !shorthands.includes(name)))).toEqual(new Set(fields));
  });

  it.each(inputNames)("has defaults and an example of %s that its kind reads", (name) => {
    const { kind } = rowOf(name);
    for (const text of [standardOf(name, "development"), standardOf(name, "production"), kind.example]) {
      expect(() => kind.parse(text, "/")).not.toThrow();
    }
  });

  it.each(inputNames)("shows %s as TOML that reads back as the same value", (name) => {
    const { kind } = rowOf(name);
    for (const text of [standardOf(name, "production"), kind.example]) {
      const value = kind.parse(text, "/");
      expect(kind.parse(parseToml(`key = ${kind.show(value)}`)["key"], "/")).toEqual(value);
    }
  });

  it("gives no flag and no key to two settings", () => {
    const flags = inputNames.flatMap((name) => {
      const { flags: own, off = [], kind } = rowOf(name);
      const negated = kind.placeholder === null ? own.map((flag) => flag.replace("--", "--no-")) : [];
      return [...own, ...off, ...negated];
    });
    const all = [...flags, ...Object.values(actions).flatMap((action) => action.flags)];
    expect(new Set(all).size).toBe(all.length);
    expect(new Set(inputNames.map(keyOf)).size).toBe(inputNames.length);
  });

  it("gives every setting but the application a long flag that is its key", () => {
    const without = inputNames.filter((name) => !rowOf(name).flags.includes(`--${keyOf(name)}`));
    expect(without).toEqual(["application"]);
  });

  it("makes names of variables and keys by one rule", () => {
    expect(keyOf("limitRequestFieldSize")).toBe("limit-request-field-size");
    expect(variableOf("limitRequestFieldSize")).toBe("HIGHBALL_LIMIT_REQUEST_FIELD_SIZE");
    expect(keyOf("application")).toBe("app");
  });

  it.each(inputNames)("explains %s in one sentence, in a section that exists", (name) => {
    const { help, section } = rowOf(name);
    expect(help).toMatch(/^[A-Z].*\.$/);
    expect(sections).toContain(section);
  });

  it("has host and port that make the default of bind", () => {
    for (const mode of ["development", "production"] as const) {
      expect(standardOf("bind", mode)).toBe(`${standardOf("host", mode)}:${standardOf("port", mode)}`);
    }
  });

  it("is the one that docs/reference/settings.md lists, both ways", () => {
    const page = readFileSync(join(repository, "docs/reference/settings.md"), "utf8");
    const [, tables = ""] = page.split("## Every setting");
    const listed = [...tables.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, key]) => key);
    expect(new Set(listed)).toEqual(new Set(inputNames.map(keyOf)));
    expect(listed).toHaveLength(inputNames.length);
    const flags = inputNames.flatMap((name) => [...rowOf(name).flags, ...(rowOf(name).off ?? [])]);
    expect(flags.filter((flag) => !new RegExp(`\`${flag}[ \`]`).test(tables))).toEqual([]);
  });

  it("has the defaults that the comments of Settings promise", () => {
    const source = readFileSync(join(repository, "src/settings/settings.ts"), "utf8");
    const documented = [...source.matchAll(/@defaultValue (.*?)(?: \*\/|\n)[^]*?readonly (\w+):/g)];
    const expected = inputNames
      .filter((name) => !shorthands.includes(name))
      .map((name) => {
        const [production, development] = [standardOf(name, "production"), standardOf(name, "development")];
        const suffix = production === development ? "" : `, in development \`${development}\``;
        return [name, `\`${production}\`${suffix}`];
      });
    const found = documented.map(([, value, name]) => [name, value]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
  });

  it.each(["-b", "-w", "-e", "-c", "-p", "--limit-request-field_size", "--access-logfile", "--pythonpath"])(
    "has gunicorn's %s",
    (flag) => {
      expect(inputNames.flatMap((name) => rowOf(name).flags)).toContain(flag);
    },
  );
});
