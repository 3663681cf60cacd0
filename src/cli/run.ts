import { HighballError } from "../errors.ts";
import type { Server } from "../serve.ts";
import { subcommandHint } from "../settings/application.ts";
import type { ResolvedSettings } from "../settings/resolve.ts";
import type { Settings } from "../settings/settings.ts";
import { attendTerminal, type AttendedTerminal } from "./attend-terminal.ts";
import { renderBanner, type Started, startLines } from "./banner.ts";
import { writePidFile } from "./pid-file.ts";
import { onStopSignals } from "./signals.ts";
import { rememberTerminalModes } from "./terminal-modes.ts";
import { openOutput, type Output } from "./terminal.ts";

/**
 * Serves until a signal, or until the server gives up.
 *
 * @returns the exit code: 0 after a signal, once requests in flight have finished.
 * @throws HighballError for everything that keeps the server from starting.
 */
export async function run(
  resolved: ResolvedSettings,
  serve: (settings: Settings) => Promise<Server>,
): Promise<number> {
  const { settings } = resolved;
  const output = openOutput(2);
  const modes = settings.reload ? rememberTerminalModes() : null;
  // On exit too: a second signal, or an error nobody caught, ends the process from within.
  const removePidFile = settings.pid === null ? () => undefined : writePidFile(settings.pid);
  process.once("exit", removePidFile);
  let server: Server | undefined;
  let terminal: AttendedTerminal | undefined;
  const signals = onStopSignals({
    first: (signal) => {
      if (!server) return false;
      announceStop(server, settings, signal, output);
      void server.close();
      return true;
    },
    second: () => server?.kill(),
  });
  try {
    server = await serve(settings);
    const milliseconds = Math.round(performance.now());
    terminal = attendTerminal({ server, settings, output, modes, stop: () => signals.raise("SIGINT") });
    const unlocking = output.isTerminal ? server.unlocking : null;
    announce({ ...resolved, server, milliseconds, keys: terminal.keys, unlocking }, server, output);
    return await server.finished;
  } catch (error) {
    throw withSubcommandHint(error, resolved);
  } finally {
    terminal?.close();
    signals.release();
    process.off("exit", removePidFile);
    removePidFile();
  }
}

function announce(started: Started, server: Server, output: Output): void {
  if (started.settings.mode === "development") {
    output.line(renderBanner(started, output.paint));
  } else {
    for (const line of startLines(started)) server.log.info(line);
  }
}

function announceStop(server: Server, settings: Settings, signal: string, output: Output): void {
  const running = server.prompts.open ? 0 : server.inFlight;
  const wait =
    running === 0
      ? ""
      : ` when ${running} ${running === 1 ? "request has" : "requests have"} finished, at most ${settings.gracefulTimeout} s`;
  if (settings.mode === "development") {
    // A terminal has written ^C at the start of this line.
    output.line(
      `${output.isTerminal ? "\n" : ""}  Stopping${wait}.${running === 0 ? "" : " Ctrl+C again stops at once."}`,
    );
  } else {
    server.log.info(`Stopping on ${signal}${wait}`);
  }
}

/** `highball dve` is more likely a slip than an application called dve. */
function withSubcommandHint(error: unknown, { settings, origins }: ResolvedSettings): unknown {
  if (!(error instanceof HighballError) || error.code !== "APPLICATION_NOT_FOUND") return error;
  const hint = origins.application.kind === "flag" ? subcommandHint(settings.application) : undefined;
  if (hint === undefined) return error;
  return new HighballError(error.code, error.message, {
    hint: [hint, error.hint].filter(Boolean).join("\n"),
    ...(error.traceback === undefined ? {} : { traceback: error.traceback }),
    cause: error,
  });
}
