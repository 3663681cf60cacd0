import { checkEditor } from "./editor.ts";
import { type Kind, list, text, toggle } from "./kinds.ts";
import { Misfit } from "./misfit.ts";
import type { Table } from "./row.ts";
import { trustedName } from "./trusted-name.ts";

type DebuggerName = "debug" | "evalex" | "passthroughErrors" | "trustedHost" | "debugRemote" | "editor";

const anyText: Kind<string> = text("EDITOR", "vscode");

/** Checked here, so that a link that would run something is refused before any page has it. */
const editor: Kind<string> = {
  ...anyText,
  parse: (raw, directory) => {
    const given = anyText.parse(raw, directory);
    const reason = checkEditor(given);
    if (reason !== null) throw new Misfit(reason);
    return given;
  },
};

/**
 * The part of the table about the debugger. Its PIN is no row: a flag would stand in the list of
 * processes, and a file of settings in a repository (src/debug/pin.ts).
 */
export const debuggerRows: Pick<Table, DebuggerName> = {
  debug: {
    kind: toggle,
    standard: { development: "true", production: "false" },
    // Flask has the second one, and Werkzeug's parameter is named like it.
    flags: ["--debug", "--debugger"],
    // Only in development: a FLASK_DEBUG left behind must not show tracebacks in production.
    common: { name: "FLASK_DEBUG", mode: "development", translate: flaskDebug },
    section: "Debugger",
    help: "Show the debugger when the application fails, to this machine only.",
  },
  evalex: {
    kind: toggle,
    standard: "true",
    flags: ["--evalex"],
    section: "Debugger",
    help: "Evaluate code in the frames of an error, for whoever has the PIN.",
  },
  passthroughErrors: {
    kind: toggle,
    standard: "false",
    flags: ["--passthrough-errors"],
    section: "Debugger",
    help: "Keep the debugger away from errors: they end in a plain 500 and in the log.",
  },
  trustedHost: {
    kind: list(trustedName),
    standard: "none",
    flags: ["--trusted-host"],
    section: "Debugger",
    help: "Further names of this machine that pages of the debugger may be asked for by.",
  },
  debugRemote: {
    kind: toggle,
    standard: "false",
    flags: ["--debug-remote"],
    section: "Debugger",
    help: "Let other machines look at errors and variables, and whoever has the PIN run any code as you.",
  },
  editor: {
    kind: editor,
    standard: "auto",
    flags: ["--editor"],
    section: "Debugger",
    help: "Editor that the debugger's pages open files in: a name, a link with {file} and {line}, auto or none.",
  },
};

/** Flask takes every value but these as true. */
function flaskDebug(value: string): string {
  return ["0", "false", "no"].includes(value.toLowerCase()) ? "false" : "true";
}
