import { HighballError } from "./errors.ts";
import { readCommandLine } from "./settings/flags.ts";
import { openOutput, showError } from "./cli/terminal.ts";

/**
 * The command: `highball [dev|config|help] [APP] [OPTIONS]`.
 *
 * @param argv the words after `highball`.
 * @returns the exit code: 0, 1 it could not run, 2 usage, 3 a worker did not start, 4 no such
 * application, 128+n ended by signal n.
 */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    return await dispatch(argv);
  } catch (error) {
    if (!(error instanceof HighballError)) throw error;
    showError(openOutput(2), error);
    return error.exitCode;
  }
}

const settingsAreGood = "The settings are good.";

/** Loads only what was asked for: `--version` should not wait for the server's code. */
async function dispatch(argv: readonly string[]): Promise<number> {
  const directory = process.cwd();
  const { subcommand, mode, actions, layer } = readCommandLine(argv, directory);
  const output = openOutput(1);
  if (subcommand === "help" || actions.has("help")) {
    const { renderHelp } = await import("./cli/help.ts");
    output.line(renderHelp(output.paint));
    return 0;
  }
  if (actions.has("version")) {
    const { version } = await import("./version.ts");
    output.line(`highball ${version}`);
    return 0;
  }
  const { resolveInputs, settle } = await import("./settings/resolve.ts");
  const resolution = await resolveInputs({ mode, flags: layer, environment: process.env, directory });
  if (subcommand === "config") {
    const { renderConfig } = await import("./cli/config.ts");
    output.line(actions.has("check") ? settingsAreGood : renderConfig(resolution, output.paint));
    return 0;
  }
  const resolved = settle(resolution);
  if (actions.has("check")) {
    output.line(settingsAreGood);
    return 0;
  }
  const [{ run }, { serve }] = await Promise.all([import("./cli/run.ts"), import("./serve.ts")]);
  return run(resolved, serve);
}
