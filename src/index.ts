/**
 * Serve WSGI applications from TypeScript.
 *
 * @module
 */
import { runSimpleSettings, type RunSimpleOptions } from "./run-simple.ts";
import { serve as serveSettings, type Server } from "./serve.ts";
import { resolveOptions, type Options } from "./settings/options.ts";

export { HighballError, type ErrorCode } from "./errors.ts";
export type { RunSimpleOptions } from "./run-simple.ts";
export type { Server } from "./serve.ts";
export type { Options } from "./settings/options.ts";
export type { Settings } from "./settings/settings.ts";

/**
 * Starts a server and resolves once its first worker has loaded the application.
 *
 * The environment, settings files and flags are not read; no signal handlers are installed.
 *
 * @example
 * ```ts
 * const server = await serve({ application: "myproject:app", bind: ["127.0.0.1:0"], workers: 2 });
 * console.log(server.url);
 * await server.close();
 * ```
 * @throws HighballError with a code of docs/reference/errors.md
 */
export function serve(options: Options): Promise<Server> {
  return serveSettings(resolveOptions(options).settings);
}

/**
 * Serves an application for development, as Werkzeug's `run_simple` does: same parameters, same
 * order.
 *
 * @param hostname a name, an IPv4 or IPv6 address, or `unix://PATH`
 * @param port 0 takes any free one
 * @param application by name, as on the command line: `myproject:app`
 *
 * @example
 * ```ts
 * const server = await runSimple("localhost", 5000, "myproject:app", { threaded: true });
 * await server.finished;
 * ```
 * @throws TypeError as Werkzeug: "port must be an integer"
 * @throws RangeError when both `threaded` and `processes` are asked for
 * @throws HighballError with a code of docs/reference/errors.md
 */
export async function runSimple(
  hostname: string,
  port: number,
  application: string,
  options: RunSimpleOptions = {},
): Promise<Server> {
  return serve(runSimpleSettings(hostname, port, application, options));
}
