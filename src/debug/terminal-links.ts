import type { Environment } from "../settings/environment.ts";

/** Terminals that are known to make links of OSC 8, by the variables that they set. */
const TERMINALS: ReadonlySet<string> = new Set([
  "iTerm.app",
  "WezTerm",
  "vscode",
  "ghostty",
  "zed",
  "Hyper",
  "rio",
]);
const MARKS = ["KITTY_WINDOW_ID", "WT_SESSION", "KONSOLE_VERSION", "ALACRITTY_WINDOW_ID", "DOMTERM"];
/** The first version of VTE (GNOME Terminal, Tilix, …) that does not crash over them. */
const VTE = 5000;

/**
 * Whether a terminal makes links of text where it is told to (OSC 8,
 * https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda). One that does not know them may show them as
 * rubbish, so only those that are known count; multiplexers stand between and may not pass them on.
 */
export function showsLinks(isTerminal: boolean, environment: Environment): boolean {
  const forced = environment["FORCE_HYPERLINK"];
  if (forced !== undefined) return forced !== "0" && forced !== "";
  if (!isTerminal || environment["TERM"] === "dumb" || environment["CI"]) return false;
  if (environment["TMUX"] || environment["STY"]) return false;
  return (
    TERMINALS.has(environment["TERM_PROGRAM"] ?? "") ||
    Number(environment["VTE_VERSION"] ?? 0) >= VTE ||
    MARKS.some((name) => environment[name])
  );
}

/** Text as a link; as it is where the address could be more than one. */
export function terminalLink(text: string, url: string): string {
  // A control character would end the sequence, and what follows it would be obeyed.
  return /^[!-~]{1,2000}$/.test(url) ? `\u001B]8;;${url}\u001B\\${text}\u001B]8;;\u001B\\` : text;
}
