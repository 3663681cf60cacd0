import { quote } from "./misfit.ts";
import { nearest } from "./nearest.ts";

/** What the setting `editor` says, read. */
export interface EditorChoice {
  /** A template of a link; `auto` is to be guessed, `none` is no links. */
  readonly template: string;
  readonly mappings: readonly PathMapping[];
}

/** What is `from` where the application runs (a container, WSL) is `to` where the editor does. */
export interface PathMapping {
  readonly from: string;
  readonly to: string;
}

/** Of VS Code and what is made of it: https://code.visualstudio.com/docs/configure/command-line#_opening-vs-code-with-urls */
const CODE = "://file{file}:{line}:{column}";
/** Of JetBrains' products: `open` where there is one only, `navigate` of the Toolbox finds the project, and counts from 0. */
const OPEN = "://open?file={file}&line={line}&column={column}";
const NAVIGATE = "/navigate/reference?project={project}&path={relative}:{line0}:{column0}";
/** What TextMate began with; those of others need a handler that is installed beside them. */
const URL_OPEN = "://open?url=file://{file}&line={line}&column={column}";

/** Links by the name of an editor. */
export const editors: Readonly<Record<string, string>> = {
  vscode: `vscode${CODE}`,
  "vscode-insiders": `vscode-insiders${CODE}`,
  vscodium: `vscodium${CODE}`,
  cursor: `cursor${CODE}`,
  windsurf: `windsurf${CODE}`,
  zed: `zed${CODE}`,
  pycharm: `pycharm${OPEN}`,
  idea: `idea${OPEN}`,
  jetbrains: `jetbrains://pycharm${NAVIGATE}`,
  sublime: `subl${URL_OPEN}`,
  textmate: `txmt${URL_OPEN}`,
  macvim: `mvim${URL_OPEN}`,
  vim: `vim${URL_OPEN}`,
  nvim: `nvim${URL_OPEN}`,
  emacs: `emacs${URL_OPEN}`,
  "org-protocol": "org-protocol://open-source?url=file://{file}",
};

/** Run code, or leave the machine, instead of opening a file on it. */
const REFUSED: ReadonlySet<string> = new Set(
  "javascript vbscript data blob about view-source filesystem file http https ftp ftps ws wss mailto tel sms".split(
    " ",
  ),
);
const PLACEHOLDERS: ReadonlySet<string> = new Set(
  "file line column line0 column0 project relative".split(" "),
);

/** Why the text is no editor, in half a sentence; null if it is one. */
export function checkEditor(text: string): string | null {
  const [name = "", ...mappings] = partsOf(text);
  for (const mapping of mappings) {
    const reason = checkMapping(mapping);
    if (reason !== null) return reason;
  }
  if (name === "auto" || name === "none" || Object.hasOwn(editors, name)) return null;
  return name.includes(":") ? checkTemplate(name) : unknownEditor(name);
}

/** Reads what `checkEditor` has nothing against. */
export function parseEditor(text: string): EditorChoice {
  const [name = "", ...mappings] = partsOf(text);
  const template = Object.hasOwn(editors, name) ? editors[name] : undefined;
  return { template: template ?? name, mappings: mappings.map(parseMapping) };
}

/** Mappings stand behind commas: `vscode,/app=/home/me/shop`. */
function partsOf(text: string): readonly string[] {
  return text.split(/,(?=[/\\]|[A-Za-z]:[/\\])/).map((part) => part.trim());
}

function parseMapping(text: string): PathMapping {
  const equals = text.indexOf("=");
  return { from: withoutEnd(text.slice(0, equals)), to: withoutEnd(text.slice(equals + 1)) };
}

/** `/` itself becomes empty: it is before every path. */
function withoutEnd(folder: string): string {
  return folder.replace(/[/\\]+$/, "");
}

function checkMapping(text: string): string | null {
  const equals = text.indexOf("=");
  const target = text.slice(equals + 1);
  if (equals === -1) return `${quote(text)} maps a path to nothing: write ${text}=/where/the/editor/has/it`;
  return isAbsolute(target) ? null : `${quote(target)} is not an absolute path`;
}

function isAbsolute(path: string): boolean {
  return /^(?:[/\\]|[A-Za-z]:[/\\])/.test(path);
}

function checkTemplate(template: string): string | null {
  const [, scheme = ""] = /^([a-z][a-z\d+.-]*):\/\//i.exec(template) ?? [];
  const named = (/^([^:]*):/.exec(template)?.[1] ?? "").toLowerCase();
  if (REFUSED.has(named)) return `links of ${quote(`${named}:`)} open no editor`;
  if (scheme === "") return `${quote(template)} does not begin with the name of a scheme and "://"`;
  if (/[^!-~]/.test(template)) return `${quote(template)} holds characters that no link may have`;
  for (const [placeholder, name = ""] of template.matchAll(/\{([^{}]*)\}/g)) {
    if (!PLACEHOLDERS.has(name)) return `${quote(placeholder)} is none of {file}, {line}, {column}`;
  }
  return /\{(?:file|relative)\}/.test(template) ? null : `${quote(template)} has no {file}`;
}

function unknownEditor(name: string): string {
  const guess = nearest(name, [...Object.keys(editors), "auto", "none"]);
  const names = Object.keys(editors).join(", ");
  return guess === undefined
    ? `${quote(name)} is none of auto, none, ${names}, nor a link such as "vscode://file{file}:{line}"`
    : `${quote(name)} is no editor that is known; did you mean ${guess}`;
}
