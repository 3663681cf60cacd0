import { isatty } from "node:tty";
import type { Settings } from "../settings/settings.ts";

/**
 * Whether the gateway shows the errors of requests in the terminal, coloured and folded; else the workers print
 * them there, or wherever their standard error goes, as Python does.
 */
export function showsErrors(
  settings: Pick<Settings, "debug" | "passthroughErrors" | "errorLogfile">,
): boolean {
  const { debug, passthroughErrors, errorLogfile } = settings;
  return debug && !passthroughErrors && errorLogfile === "-" && isatty(2);
}
