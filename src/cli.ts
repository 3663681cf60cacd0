import { HighballError } from "./errors.ts";
import { readQuestion, type Question } from "./cli/question.ts";
import { readCommandLine } from "./settings/flags.ts";
import type { Settings } from "./settings/settings.ts";
import { openOutput, showError, type Output } from "./cli/terminal.ts";

/**
 * The command: `highball [dev|config|help] [APP] [OPTIONS]`, and `highball errors|requests|replay [ID]`.
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

/** What the settings' own table cannot check: the access log's language, and the PIN, which is no setting. */
async function check(
  { accessLogformat, debug, env }: Pick<Settings, "accessLogformat" | "debug" | "env">,
  output: Output,
): Promise<number> {
  const [{ compileAccessLogFormat }, { describeGivenPin }] = await Promise.all([
    import("./http/access-log-format.ts"),
    import("./debug/pin.ts"),
  ]);
  compileAccessLogFormat(accessLogformat);
  if (debug) describeGivenPin({ ...process.env, ...env });
  output.line("The settings are good.");
  return 0;
}

/** Asks the server that runs for what it keeps of errors and requests. */
async function ask(question: Question, directory: string): Promise<number> {
  const [{ answer }, { readAllServerFiles, readServerFiles }] = await Promise.all([
    import("./cli/answer.ts"),
    import("./debug/server-file.ts"),
  ]);
  const situation = {
    environment: process.env,
    directory,
    serverFiles: { of: (folder: string) => readServerFiles(folder), all: () => readAllServerFiles() },
  };
  return answer(question, openOutput(1), openOutput(2), situation);
}

/** Loads only what was asked for: `--version` should not wait for the server's code. */
async function dispatch(argv: readonly string[]): Promise<number> {
  const directory = process.cwd();
  const question = readQuestion(argv);
  if (question !== null) return ask(question, directory);
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
  const sources = { mode, flags: layer, environment: process.env, directory };
  const resolution = await resolveInputs(sources);
  if (subcommand === "config") {
    const { renderConfig } = await import("./cli/config.ts");
    if (actions.has("check")) return check(resolution.values, output);
    output.line(renderConfig(resolution, output.paint));
    return 0;
  }
  const resolved = settle(resolution);
  if (actions.has("check")) return check(resolved.settings, output);
  const { startFirstWorker } = await import("./head-start.ts");
  const started = startFirstWorker(resolved.settings);
  try {
    const [{ run }, { serve }] = await Promise.all([import("./cli/run.ts"), import("./serve.ts")]);
    const files = {
      environmentFiles: resolution.values.envFile,
      settingsFiles: resolution.file === undefined ? [] : [resolution.file],
      read: async () => settle(await resolveInputs(sources)).settings,
    };
    return await run(resolved, (settings) => serve(settings, started, files));
  } finally {
    // If serve() did not come to use it; else it has ended by now.
    started.kill("SIGKILL");
  }
}
