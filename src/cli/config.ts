import { describeGivenPin } from "../debug/pin.ts";
import { HighballError } from "../errors.ts";
import { findApplication } from "../settings/application.ts";
import { findInterpreter } from "../settings/interpreter.ts";
import { describeOrigin } from "../settings/origin.ts";
import { availableProcessors } from "../settings/processors.ts";
import type { Resolution } from "../settings/resolve.ts";
import { inputNames, type InputName, keyOf, rowOf, sections } from "../settings/table.ts";
import type { Paint } from "./terminal.ts";

/** Inputs that have gone into others by now, or cannot stand in a file. */
const consumed: readonly InputName[] = ["host", "port", "config", "envFile"];

/** Where the comments begin, when there is room. */
const column = 44;

/**
 * Every setting with where it came from, as TOML that could be saved as `highball.toml`.
 *
 * Values of `env` are secrets more often than not: only their names are shown.
 */
export function renderConfig(resolution: Resolution, paint: Paint): string {
  const { mode, file, values } = resolution;
  const source = file === undefined ? "no settings file" : `settings file ${file}`;
  const lines = [paint(`# highball, for ${mode}; ${source}`, "dim")];
  for (const section of sections) {
    lines.push("", paint(`# ${section}`, "dim"));
    for (const name of inputNames) {
      if (rowOf(name).section !== section || consumed.includes(name)) continue;
      const comment = `# ${[describeOrigin(resolution.origins[name]), ...remarks(resolution, name)].join("; ")}`;
      const hidden = name === "env" && Object.keys(values.env).length > 0;
      const setting = hidden
        ? `# env: ${Object.keys(values.env).join(", ")}`
        : `${keyOf(name)} = ${rowOf(name).kind.show(values[name])}`;
      const padded = setting.padEnd(column);
      lines.push(`${hidden ? paint(padded, "dim") : padded} ${paint(comment, "dim")}`);
    }
  }
  return lines.join("\n");
}

function remarks({ values }: Resolution, name: InputName): string[] {
  if (name === "env" && Object.keys(values.env).length > 0) return ["values not shown"];
  if (name === "workers" && values.workers === "auto") return [`${availableProcessors()} here`];
  if (name === "debug" && values.debug) {
    const pin = attempt(
      () => describeGivenPin({ ...process.env, ...values.env }),
      "no good HIGHBALL_DEBUG_PIN",
    );
    return pin === null ? [] : [pin];
  }
  if (name === "application" && values.application === null) {
    return [attempt(() => `${findApplication(values.chdir).application} here`)];
  }
  if (name === "python" && values.python === null) {
    return [
      attempt(() => `${findInterpreter({ ...values, application: values.application ?? "" }).path} here`),
    ];
  }
  return [];
}

/** What a look-up finds, or in a few words that it finds nothing: this page only shows. */
function attempt<Found extends string | null>(find: () => Found, otherwise = "none found"): Found | string {
  try {
    return find();
  } catch (error) {
    if (error instanceof HighballError) return otherwise;
    throw error;
  }
}
