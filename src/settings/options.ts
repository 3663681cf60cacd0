import { HighballError } from "../errors.ts";
import type { Given } from "./layer.ts";
import { nearest } from "./nearest.ts";
import { combine, type ResolvedSettings, settle } from "./resolve.ts";
import type { Settings } from "./settings.ts";
import { type InputName, inputNames } from "./table.ts";

/** Every field may be left out, or be undefined as a caller's own optional parameters are. */
type Optional<Fields> = { readonly [Name in keyof Fields]?: Fields[Name] | undefined };

/**
 * What `serve()` takes: any of the settings. The environment, files and flags are not read.
 *
 * @example
 * ```ts
 * const options: Options = { application: "myproject:app", host: "127.0.0.1", port: 0, workers: 2 };
 * ```
 */
export interface Options extends Optional<Omit<Settings, "workers">> {
  /** Worker processes; `auto` is one a processor. @defaultValue `auto`, in development 1 */
  readonly workers?: number | "auto" | undefined;
  /** Host to listen on, instead of `bind`. @defaultValue `127.0.0.1`, in development `localhost` */
  readonly host?: string | undefined;
  /** Port to listen on, instead of `bind`; 0 takes any free one. @defaultValue 8000 */
  readonly port?: number | undefined;
}

/**
 * Checks options as the command checks its settings, and fills in the defaults.
 *
 * @throws HighballError UNKNOWN_OPTION, INVALID_VALUE, CONFLICTING_SETTINGS, CHDIR_NOT_FOUND,
 * APPLICATION_NOT_FOUND
 */
export function resolveOptions(options: Options): ResolvedSettings {
  const names = inputNames.filter((name) => name !== "config" && name !== "envFile");
  const directory = process.cwd();
  const layer = new Map<InputName, Given>();
  for (const [key, value] of Object.entries(options) satisfies [string, unknown][]) {
    if (value === undefined || key === "mode") continue;
    const name = names.find((each) => each === key);
    if (name === undefined) throw unknownOption(key, names);
    layer.set(name, { raws: [value], origin: { kind: "option", name }, directory });
  }
  const mode: unknown = options.mode ?? "production";
  if (mode !== "development" && mode !== "production") {
    throw new HighballError(
      "INVALID_VALUE",
      `option mode: ${JSON.stringify(mode)} is neither "development" nor "production".`,
      {
        hint: 'For example: mode: "development"',
      },
    );
  }
  return settle(combine([layer], mode, directory));
}

function unknownOption(key: string, names: readonly InputName[]): HighballError {
  const near = nearest(key, [...names, "mode"]);
  return new HighballError("UNKNOWN_OPTION", `The option "${key}" names no setting.`, {
    hint: near ? `Did you mean ${near}?` : "Every setting is in docs/reference/settings.md",
  });
}
