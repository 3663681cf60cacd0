import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { HighballError } from "../errors.ts";
import type { Given, Layer } from "./layer.ts";
import { nearest } from "./nearest.ts";
import type { Origin } from "./origin.ts";
import { type InputName, inputNames, type Mode, rowOf, variableOf } from "./table.ts";

/** The variables of a process: `process.env`, or a part of it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A secret and no setting: nothing that shows settings shows it (src/debug/pin.ts). */
const DEBUG_PIN = "HIGHBALL_DEBUG_PIN";

/** Variables read from an `--env-file`. */
export interface EnvironmentFile {
  readonly path: string;
  readonly variables: Environment;
}

/** @throws HighballError ENV_FILE_UNREADABLE */
export function readEnvironmentFile(path: string): EnvironmentFile {
  try {
    return { path, variables: parseEnv(readFileSync(path, "utf8")) };
  } catch (cause) {
    throw new HighballError(
      "ENV_FILE_UNREADABLE",
      `Cannot read the environment file "${path}": ${reasonOf(cause)}.`,
      {
        hint: "Each of its lines is NAME=VALUE.",
        cause,
      },
    );
  }
}

/** The part of a file system error that a user needs. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder";
  if (code === "ENOTDIR") return "a part of the path is not a folder";
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  if (code === "EROFS") return "the file system is read-only";
  return error instanceof Error ? error.message : String(error);
}

/**
 * Reads `HIGHBALL_*`. An empty variable counts as not set, as compose files leave it.
 *
 * @param files variables that the process does not have already count too.
 * @throws HighballError UNKNOWN_VARIABLE
 */
export function readEnvironment(
  environment: Environment,
  files: readonly EnvironmentFile[],
  directory: string,
): Layer {
  const names = new Map(inputNames.map((name) => [variableOf(name), name]));
  const layer = new Map<InputName, Given>();
  for (const { name: variable, value, file } of all(environment, files)) {
    if (!variable.startsWith("HIGHBALL_") || isServiceLink(variable, value)) continue;
    if (variable === DEBUG_PIN) continue;
    const name = names.get(variable);
    if (name === undefined) throw unknownVariable(variable, file, names.keys());
    if (file !== undefined && (name === "config" || name === "envFile")) throw tooLate(variable, file);
    if (value !== "") layer.set(name, given("variable", variable, value, file, directory));
  }
  return layer;
}

/** Reads the variables that many tools agree on: PORT, WEB_CONCURRENCY and such. */
export function readCommonVariables(
  environment: Environment,
  files: readonly EnvironmentFile[],
  mode: Mode,
  directory: string,
): Layer {
  const layer = new Map<InputName, Given>();
  const found = new Map(all(environment, files).map((variable) => [variable.name, variable]));
  for (const name of inputNames) {
    const { common } = rowOf(name);
    if (!common || (common.mode !== undefined && common.mode !== mode)) continue;
    const { value = "", file } = found.get(common.name) ?? {};
    if (value === "") continue;
    const text = common.translate ? common.translate(value) : value;
    layer.set(name, given("common-variable", common.name, text, file, directory));
  }
  return layer;
}

interface Variable {
  readonly name: string;
  readonly value: string;
  readonly file?: string;
}

/** The variables of the files below those of the process; a later file wins over an earlier one. */
function all(environment: Environment, files: readonly EnvironmentFile[]): Variable[] {
  const merged = new Map<string, Variable>();
  for (const { path, variables } of files) {
    for (const [name, value] of Object.entries(variables)) {
      if (value !== undefined) merged.set(name, { name, value, file: path });
    }
  }
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined) merged.set(name, { name, value });
  }
  return [...merged.values()];
}

function given(
  kind: "variable" | "common-variable",
  name: string,
  raw: string,
  file: string | undefined,
  directory: string,
): Given {
  const origin: Origin = file === undefined ? { kind, name } : { kind, name, file };
  return { raws: [raw], origin, directory };
}

/**
 * Kubernetes gives every container of a namespace with a service called "highball" the variables
 * HIGHBALL_SERVICE_HOST, HIGHBALL_PORT=tcp://10.0.0.1:80, HIGHBALL_PORT_80_TCP_ADDR and so on.
 */
function isServiceLink(variable: string, value: string): boolean {
  if (variable === "HIGHBALL_PORT") return /^(?:tcp|udp|sctp):\/\//.test(value);
  return /^HIGHBALL_(?:SERVICE_(?:HOST|PORT)|PORT_\d+_(?:TCP|UDP|SCTP))/.test(variable);
}

/** By the time that such a file is read, the others have been chosen. */
function tooLate(variable: string, file: string): HighballError {
  return new HighballError("UNKNOWN_VARIABLE", `The variable ${variable} cannot stand in "${file}".`, {
    hint: "Give it in the environment of the command, or as a flag.",
  });
}

function unknownVariable(variable: string, file: string | undefined, names: Iterable<string>): HighballError {
  const near = nearest(
    variable.slice("HIGHBALL_".length),
    [...names].map((name) => name.slice(9)),
  );
  const where = file === undefined ? "" : `, in "${file}",`;
  return new HighballError("UNKNOWN_VARIABLE", `The variable ${variable}${where} names no setting.`, {
    hint: near ? `Did you mean HIGHBALL_${near}?` : "See every setting: highball config",
  });
}
