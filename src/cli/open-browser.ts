import { spawn } from "node:child_process";
import type { Environment } from "../settings/environment.ts";
import type { Output } from "./terminal.ts";

/** A command that is still running after this long (milliseconds) is a browser. */
const LIMIT = 5_000;

type Command = readonly [program: string, ...words: string[]];

/** Shows an address in the user's browser; resolves to false when there is none that could be started. */
export async function openBrowser(
  url: string,
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): Promise<boolean> {
  for (const command of browserCommands(url, environment, platform)) {
    // oxlint-disable-next-line no-await-in-loop -- each is tried only if the one before failed
    if (await succeeds(command)) return true;
  }
  return false;
}

/** Shows an address in the browser, or names it where that is not to be had. */
export async function showAddress(url: string, output: Pick<Output, "line">): Promise<void> {
  if (url.startsWith("http") && (await openBrowser(url))) return;
  output.line(`  No browser could be started. The address is ${url}`);
}

/**
 * What may open an address, best first.
 *
 * `$BROWSER` is what Python's webbrowser and xdg-open take it for: commands between colons, each with
 * the address in place of `%s`, or behind it.
 */
export function browserCommands(url: string, environment: Environment, platform: NodeJS.Platform): Command[] {
  const chosen = (environment["BROWSER"] ?? "")
    .split(platform === "win32" ? ";" : ":")
    .filter((command) => command.trim() !== "")
    .map((command) => withUrl(command, url));
  return [...chosen, ...systemCommands(url, environment, platform)];
}

function withUrl(command: string, url: string): Command {
  const [program = "", ...words] = command.trim().split(/\s+/);
  return words.some((word) => word.includes("%s"))
    ? [program, ...words.map((word) => word.replaceAll("%s", url))]
    : [program, ...words, url];
}

function systemCommands(url: string, environment: Environment, platform: NodeJS.Platform): Command[] {
  if (platform === "darwin") return [["open", url]];
  // Not "start", which is no program but a word of cmd's, where "&" in an address ends the command.
  const windows: Command = ["rundll32.exe", "url.dll,FileProtocolHandler", url];
  if (platform === "win32") return [windows];
  if (environment["WSL_DISTRO_NAME"]) return [["wslview", url], windows];
  // Without a screen xdg-open starts a browser for terminals, in this one.
  return environment["DISPLAY"] || environment["WAYLAND_DISPLAY"] ? [["xdg-open", url]] : [];
}

/** No shell: nothing in an address can be a command. */
function succeeds([program, ...words]: Command): Promise<boolean> {
  return new Promise((resolve) => {
    // Detached: Ctrl+C in this terminal is not for the browser.
    const child = spawn(program, words, { stdio: "ignore", detached: true });
    const timer = setTimeout(() => resolve(true), LIMIT).unref();
    child.once("error", () => resolve(false));
    child.once("exit", (code) => {
      clearTimeout(timer);
      resolve(code === 0);
    });
    child.unref();
  });
}
