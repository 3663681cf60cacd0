import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { HighballError } from "../errors.ts";
import { reasonOf } from "./environment.ts";
import type { Given, Layer } from "./layer.ts";
import { nearest } from "./nearest.ts";
import { type InputName, inputNames, keyOf } from "./table.ts";

/** A settings file that was read. */
export interface SettingsFile {
  readonly path: string;
  readonly layer: Layer;
}

/**
 * Reads the settings file: the one that is named, else `highball.toml` in `directory`, else
 * `[tool.highball]` in its `pyproject.toml`, else none.
 *
 * @throws HighballError CONFIG_UNREADABLE, CONFIG_SYNTAX, UNKNOWN_KEY
 */
export async function readSettingsFile(
  named: string | null,
  directory: string,
): Promise<SettingsFile | undefined> {
  if (named !== null) return { path: named, layer: await readToml(named) };
  for (const name of ["highball.toml", "pyproject.toml"]) {
    const path = join(directory, name);
    if (!existsSync(path)) continue;
    const layer = await readToml(path);
    if (name === "highball.toml" || layer.size > 0) return { path, layer };
  }
  return undefined;
}

async function readToml(path: string): Promise<Layer> {
  let source: string;
  try {
    source = readFileSync(path, "utf8");
  } catch (cause) {
    throw new HighballError(
      "CONFIG_UNREADABLE",
      `Cannot read the settings file "${path}": ${reasonOf(cause)}.`,
      {
        hint: "Name another one with --config FILE.",
        cause,
      },
    );
  }
  const isProject = basename(path) === "pyproject.toml";
  // A project's file without our table is none of our business: not even its mistakes.
  if (isProject && !/\bhighball\b/.test(source)) return new Map();
  if (path.endsWith(".py")) {
    throw new HighballError("CONFIG_SYNTAX", `The settings file "${path}" is Python, not TOML.`, {
      hint: 'Write it as TOML, a line for each setting: bind = "0.0.0.0:8000"',
    });
  }
  const whole = await parseToml(source, path);
  if (!isProject) return readTable(whole, path, "");
  const tool = whole["tool"];
  const ours = isTable(tool) ? tool["highball"] : undefined;
  if (ours === undefined) return new Map();
  if (!isTable(ours)) {
    throw new HighballError("INVALID_VALUE", `tool.highball in "${path}" is not a table.`, {
      hint: "Begin it with a line [tool.highball].",
    });
  }
  return readTable(ours, path, "tool.highball.");
}

async function parseToml(source: string, path: string): Promise<Record<string, unknown>> {
  const { parse, TomlError } = await import("smol-toml");
  try {
    return parse(source);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [problem = ""] = cause.message.split("\n");
    const said = problem.replace("Invalid TOML document: ", "");
    const place = `${path}:${cause.line}:${cause.column}`;
    throw new HighballError("CONFIG_SYNTAX", `${place}: the settings file is not valid TOML: ${said}.`, {
      hint: cause.codeblock.trimEnd(),
      cause,
    });
  }
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function readTable(values: Record<string, unknown>, path: string, prefix: string): Layer {
  const names = new Map(inputNames.map((name) => [keyOf(name), name]));
  // A file that names the next file would be a chain to follow by hand.
  names.delete("config");
  const layer = new Map<InputName, Given>();
  for (const [key, value] of Object.entries(values)) {
    const name = names.get(key.replaceAll("_", "-"));
    if (name === undefined) {
      const near = nearest(key, names.keys());
      throw new HighballError("UNKNOWN_KEY", `The key "${key}" in "${path}" names no setting.`, {
        hint: near ? `Did you mean ${near}?` : "See every setting: highball config",
      });
    }
    const origin = { kind: "file", path, key: `${prefix}${key}` } as const;
    layer.set(name, { raws: [value], origin, directory: dirname(path) });
  }
  return layer;
}
