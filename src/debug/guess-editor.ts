import { basename } from "node:path";
import { editors } from "../settings/editor.ts";
import type { Environment } from "../settings/environment.ts";

/** Editors that open links as they are installed, by the names of their commands. */
const COMMANDS: Readonly<Record<string, string>> = {
  code: "vscode",
  "code-insiders": "vscode-insiders",
  codium: "vscodium",
  vscodium: "vscodium",
  cursor: "cursor",
  windsurf: "windsurf",
  zed: "zed",
  zeditor: "zed",
  pycharm: "pycharm",
  charm: "pycharm",
  idea: "idea",
  mate: "textmate",
  mvim: "macvim",
};

/** All of these say that they are VS Code, and where they are installed says which. */
const FAMILY: readonly (readonly [installed: RegExp, editor: string])[] = [
  [/cursor/i, "cursor"],
  [/windsurf/i, "windsurf"],
  [/codium/i, "vscodium"],
  [/insiders/i, "vscode-insiders"],
];

/**
 * The template of the editor that somebody uses, guessed from the terminal it was started in, then from VISUAL and EDITOR;
 * null where none is known that opens links, or where it runs on another machine.
 */
export function guessEditor(environment: Environment): string | null {
  const isElsewhere = ["SSH_CONNECTION", "CODESPACES", "REMOTE_CONTAINERS"].some((name) => environment[name]);
  const name = isElsewhere ? null : (ofTerminal(environment) ?? ofCommand(environment));
  const template = name === null ? undefined : editors[name];
  if (template === undefined) return null;
  const distribution = environment["WSL_DISTRO_NAME"];
  const isCode = template.endsWith("://file{file}:{line}:{column}") && name !== "zed";
  // The editor runs on Windows, and has its way into the distribution.
  return isCode && distribution !== undefined && /^[\w.-]+$/.test(distribution)
    ? template.replace("://file{file}", `://vscode-remote/wsl+${distribution}{file}`)
    : template;
}

function ofTerminal(environment: Environment): string | null {
  if (environment["TERMINAL_EMULATOR"] === "JetBrains-JediTerm") return "pycharm";
  if (environment["ZED_TERM"] === "true" || environment["TERM_PROGRAM"] === "zed") return "zed";
  if (environment["TERM_PROGRAM"] !== "vscode") return null;
  const installed = [
    environment["VSCODE_GIT_ASKPASS_NODE"],
    environment["VSCODE_GIT_ASKPASS_MAIN"],
    environment["__CFBundleIdentifier"],
    environment["TERM_PROGRAM_VERSION"]?.replace(/-insider$/, "-insiders"),
  ].join(" ");
  return FAMILY.find(([pattern]) => pattern.test(installed))?.[1] ?? "vscode";
}

/** `code --wait`, `/usr/local/bin/zed`. */
function ofCommand(environment: Environment): string | null {
  for (const name of ["VISUAL", "EDITOR"]) {
    const [command = ""] = (environment[name] ?? "").trim().split(/\s+/);
    const editor = basename(command).replace(/\.(?:cmd|exe|sh)$/, "");
    if (Object.hasOwn(COMMANDS, editor)) return COMMANDS[editor] ?? null;
  }
  return null;
}
