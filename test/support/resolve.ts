import { HighballError } from "../../src/errors.ts";
import type { Environment } from "../../src/settings/environment.ts";
import { readCommandLine } from "../../src/settings/flags.ts";
import { type Resolution, resolveInputs, type ResolvedSettings, settle } from "../../src/settings/resolve.ts";

export interface Situation {
  readonly environment?: Environment;
  readonly directory: string;
}

/** What a command line comes to, with an environment and in a folder, before look-ups. */
export async function inputsOf(
  argv: readonly string[],
  { environment = {}, directory }: Situation,
): Promise<Resolution> {
  const { mode, layer } = readCommandLine(argv, directory);
  return await resolveInputs({ mode, flags: layer, environment, directory });
}

/** The settings of a command line, with an environment and in a folder. */
export async function settingsOf(argv: readonly string[], situation: Situation): Promise<ResolvedSettings> {
  return settle(await inputsOf(argv, situation));
}

/** The `HighballError` that `action` ends in. */
export async function failureOf(action: () => unknown): Promise<HighballError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof HighballError) return error;
    throw error;
  }
  throw new Error("expected a HighballError, and nothing was thrown");
}
