import { type EditorChoice, type PathMapping, parseEditor } from "../settings/editor.ts";
import type { Environment } from "../settings/environment.ts";
import { guessEditor } from "./guess-editor.ts";

export { checkEditor } from "../settings/editor.ts";

/** What an editor is to open. */
export interface FilePlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** Opens places in an editor; null where it can not, as for `<string>`. */
export type EditorLink = (place: FilePlace) => string | null;

/**
 * What makes links for the setting `editor`.
 *
 * @param setting text that `checkEditor` has nothing against
 * @param project folder of the project
 * @returns null where no editor is wanted, or none can be guessed
 */
export function editorLinks(setting: string, project: string, environment: Environment): EditorLink | null {
  const { template, mappings }: EditorChoice = parseEditor(setting);
  const known = template === "auto" ? guessEditor(environment) : template;
  return known === null || known === "none"
    ? null
    : (place) => editorLink(known, place, { project, mappings });
}

export interface LinkOptions {
  /** Folder that `{project}` and `{relative}` are of. */
  readonly project?: string;
  readonly mappings?: readonly PathMapping[];
}

/**
 * The link of a template for a place.
 *
 * @param template with `{file}`, `{line}`, `{column}`; `{line0}` and `{column0}` count from 0, `{project}` is the name of the
 *   project's folder, and `{relative}` the path in it
 */
export function editorLink(template: string, place: FilePlace, options: LinkOptions = {}): string | null {
  const { project = "", mappings = [] } = options;
  const file = mapped(place.file, mappings);
  if (!isAbsolute(file) || file.includes("\0")) return null;
  const relative = relativeTo(mapped(project, mappings), file);
  // PyCharm's Toolbox opens nothing outside of a project.
  if (relative === null && template.includes("{relative}")) return null;
  const values: Readonly<Record<string, string>> = {
    file: encodePath(file),
    line: String(Math.max(1, place.line)),
    column: String(Math.max(1, place.column)),
    line0: String(Math.max(0, place.line - 1)),
    column0: String(Math.max(0, place.column - 1)),
    project: encodePath(project.split(/[/\\]/).findLast((name) => name !== "") ?? ""),
    relative: encodePath(relative ?? ""),
  };
  // `vscode://file/{file}` is written as often as `vscode://file{file}`, and means the same.
  const trimmed = template.replace(/(?<![:/])\/(?=\{file\})/g, "");
  return trimmed.replaceAll(/\{(\w+)\}/g, (placeholder, name: string) => values[name] ?? placeholder);
}

/** The longest mapping that fits counts. */
function mapped(file: string, mappings: readonly PathMapping[]): string {
  const fitting = mappings.filter(({ from }) => relativeTo(from, file) !== null || from === file);
  const longest = fitting.toSorted((one, other) => other.from.length - one.from.length)[0];
  return longest === undefined ? file : longest.to + file.slice(longest.from.length);
}

/** The path of a file in a folder; null if it is elsewhere. */
function relativeTo(folder: string, file: string): string | null {
  const separator = file[folder.length] ?? "";
  return file.startsWith(folder) && "/\\".includes(separator) && separator !== ""
    ? file.slice(folder.length + 1)
    : null;
}

function isAbsolute(file: string): boolean {
  return /^(?:\/|[A-Za-z]:[/\\])/.test(file);
}

/** Slashes stay; everything else that means something in a link does not (RFC 3986 §2.2). */
function encodePath(path: string): string {
  const slashed = /^[A-Za-z]:[/\\]/.test(path) ? `/${path.replaceAll("\\", "/")}` : path;
  // Half a surrogate pair cannot be encoded.
  const text = Buffer.from(slashed, "utf8").toString("utf8");
  return text
    .split("/")
    .map((segment) => encodeURIComponent(segment).replaceAll("'", "%27"))
    .join("/")
    .replace(/^\/([A-Za-z])%3A\//, "/$1:/");
}
