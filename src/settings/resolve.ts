import { statSync } from "node:fs";
import { HighballError } from "../errors.ts";
import { findApplication } from "./application.ts";
import { bracketed } from "./address.ts";
import {
  type Environment,
  type EnvironmentFile,
  readCommonVariables,
  readEnvironment,
  readEnvironmentFile,
} from "./environment.ts";
import { readSettingsFile } from "./file.ts";
import { conflict, invalidValue } from "./invalid.ts";
import type { Kind } from "./kinds.ts";
import type { Given, Layer } from "./layer.ts";
import { Misfit } from "./misfit.ts";
import { describePlace, type Origin } from "./origin.ts";
import { availableProcessors } from "./processors.ts";
import type { Settings } from "./settings.ts";
import {
  everyInput,
  type InputName,
  inputNames,
  type Inputs,
  type Mode,
  standardOf,
  table,
} from "./table.ts";

/** Where settings are looked for, in the order of their precedence after the flags. */
export interface Sources {
  readonly mode: Mode;
  /** From `readCommandLine`. */
  readonly flags: Layer;
  readonly environment: Environment;
  /** The current folder. */
  readonly directory: string;
}

/** Every input read and checked, before what was left open is filled in. */
export interface Resolution {
  readonly mode: Mode;
  /** `bind` is made of `host` and `port` where those were given; `env` holds the `envFile`s too. */
  readonly values: Inputs;
  readonly origins: Readonly<Record<InputName, Origin>>;
  /** Names of common variables that decided something, for example `PORT`. */
  readonly usedCommonVariables: readonly string[];
  /** The settings file that was read. */
  readonly file: string | undefined;
}

/** Settings and where each came from. */
export interface ResolvedSettings {
  /** Deeply frozen. */
  readonly settings: Settings;
  readonly origins: Readonly<Record<InputName, Origin>>;
  readonly usedCommonVariables: readonly string[];
}

/**
 * Reads the settings of a command: flag, then `HIGHBALL_*`, then common variables, then file, then
 * default. `settle` makes `Settings` of them, and looks for an application that was not named.
 *
 * @throws HighballError for the first value that cannot be used
 */
export async function resolveInputs(sources: Sources): Promise<Resolution> {
  const { mode, flags, environment, directory } = sources;
  const own = readEnvironment(environment, [], directory);
  const early: readonly Layer[] = [flags, own];
  const file = await readSettingsFile(
    read("config", early, mode, directory),
    read("chdir", early, mode, directory),
  );
  const fileLayer: Layer = file?.layer ?? new Map();
  const paths = read("envFile", [...early, fileLayer], mode, directory);
  const files = paths.map(readEnvironmentFile);
  const layers: readonly Layer[] = [
    flags,
    readEnvironment(environment, files, directory),
    readCommonVariables(environment, files, mode, directory),
    fileLayer,
  ];
  const resolution = combine(layers, mode, directory);
  const env = { ...variablesToAdd(files, environment), ...resolution.values.env };
  return { ...resolution, values: { ...resolution.values, env }, file: file?.path };
}

/** Reads and checks every row of the table. */
export function combine(layers: readonly Layer[], mode: Mode, directory: string): Omit<Resolution, "file"> {
  const values = everyInput<Inputs>((name) => read(name, layers, mode, directory));
  const origins = everyInput<Record<InputName, Origin>>((name) => originOf(name, layers));
  const composed = composeBind(layers, values, origins, mode);
  checkFolder(values.chdir, origins.chdir);
  // PORT decides nothing where an address was given whole.
  const decisive = inputNames.filter((name) => name !== "port" || composed !== undefined);
  const used = decisive.flatMap((name) => {
    const origin = origins[name];
    return origin.kind === "common-variable" ? [origin.name] : [];
  });
  return {
    mode,
    values: composed ? { ...values, bind: [composed.address] } : values,
    origins: composed ? { ...origins, bind: composed.origin } : origins,
    usedCommonVariables: used,
  };
}

/** Fills in what was left open: the application and the number of workers. */
export function settle(resolution: Omit<Resolution, "file">): ResolvedSettings {
  const { mode, values, origins, usedCommonVariables } = resolution;
  const { host: _host, port: _port, envFile: _envFile, config: _config, ...inputs } = values;
  const found = inputs.application === null ? findApplication(inputs.chdir) : undefined;
  const settings: Settings = {
    ...inputs,
    mode,
    application: inputs.application ?? found?.application ?? "",
    workers: inputs.workers === "auto" ? availableProcessors() : inputs.workers,
  };
  freeze(settings);
  return {
    settings,
    origins: found ? { ...origins, application: found.origin } : origins,
    usedCommonVariables,
  };
}

/** One input from the first layer that gives it, else its default. */
function read<Name extends InputName>(
  name: Name,
  layers: readonly Layer[],
  mode: Mode,
  directory: string,
): Inputs[Name] {
  const { kind } = table[name];
  const [first, ...others] = givenBy(layers, name);
  if (!first) return kind.parse(standardOf(name, mode), directory);
  const value = parse(kind, first);
  if (!kind.accumulates || !kind.join) return value;
  return kind.join([...others.map((each) => parse(kind, each)).toReversed(), value]);
}

function originOf(name: InputName, layers: readonly Layer[]): Origin {
  return givenBy(layers, name)[0]?.origin ?? { kind: "default" };
}

function givenBy(layers: readonly Layer[], name: InputName): readonly Given[] {
  return layers.map((layer) => layer.get(name)).filter((given) => given !== undefined);
}

function parse<Value>(kind: Kind<Value>, { raws, origin, directory }: Given): Value {
  try {
    if (kind.join) return kind.join(raws.map((raw) => kind.parse(raw, directory)));
    return kind.parse(raws.at(-1), directory);
  } catch (error) {
    throw error instanceof Misfit ? invalidValue(kind, origin, error) : error;
  }
}

/**
 * The address that `host` and `port` make, where they count: they were given at a place that
 * comes before every place that gives `bind`.
 */
function composeBind(
  layers: readonly Layer[],
  { host, port }: Inputs,
  origins: Readonly<Record<InputName, Origin>>,
  mode: Mode,
): { address: string; origin: Origin } | undefined {
  const layer = layers.find((each) => each.has("bind") || each.has("host") || each.has("port"));
  const whole = layer?.get("bind");
  const part = layer?.get("host") ?? layer?.get("port");
  if (whole && part) throw conflict(whole, part);
  if (!part) return undefined;
  // A platform that sets PORT sends its requests from outside the container.
  const open =
    mode === "production" && origins.host.kind === "default" && origins.port.kind === "common-variable";
  return { address: `${bracketed(open ? "0.0.0.0" : host)}:${port}`, origin: part.origin };
}

/** As every tool that reads such files: a variable that the process has already wins. */
function variablesToAdd(
  files: readonly EnvironmentFile[],
  environment: Environment,
): Readonly<Record<string, string>> {
  const added: Record<string, string> = {};
  for (const { variables } of files) {
    for (const [name, value] of Object.entries(variables)) {
      if (value !== undefined && environment[name] === undefined) added[name] = value;
    }
  }
  return added;
}

function checkFolder(path: string, origin: Origin): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new HighballError("CHDIR_NOT_FOUND", `${describePlace(origin)}: there is no folder "${path}".`, {
    hint: "Name the folder that holds the application: highball --chdir PATH",
  });
}

function freeze(value: object): void {
  for (const inner of Object.values(value) satisfies unknown[]) {
    if (typeof inner === "object" && inner !== null) freeze(inner);
  }
  Object.freeze(value);
}
