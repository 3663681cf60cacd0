import { markup, type Markup } from "../../http/error-page/markup.ts";
import type { EditorPlace, PageContext } from "./page-context.ts";

/** A file's name as short as it says the same: from the project, or from where libraries are installed. */
export function shortFile(file: string, project: string): string {
  const folder = project.endsWith("/") ? project : `${project}/`;
  if (file.startsWith(folder) && !PACKAGES.test(file)) return file.slice(folder.length);
  const packages = PACKAGES.exec(file);
  if (packages !== null) return file.slice(packages.index + packages[0].length);
  return file;
}

const PACKAGES = /^.*[/\\](?:site|dist)-packages[/\\]|^.*[/\\]lib[/\\](?:python|pypy)\d[\d.]*[/\\]/;

/** A file and a line; the name itself stands out from its folder. */
export function renderPlace(place: EditorPlace, context: PageContext): Markup {
  const { file, line } = place;
  const short = shortFile(file, context.project);
  const slash = Math.max(short.lastIndexOf("/"), short.lastIndexOf("\\")) + 1;
  const text = markup`${short.slice(0, slash)}<b>${short.slice(slash)}${line > 0 ? `:${line}` : ""}</b>`;
  return markup`<span class="place" title="${file}">${text}</span>`;
}

/** The same, opening an editor where one is known. */
export function renderEditorPlace(place: EditorPlace, context: PageContext): Markup {
  const link = context.editorLink?.(place) ?? null;
  const text = renderPlace(place, context);
  // `<string>` is nowhere.
  if (link === null || place.file.startsWith("<")) return text;
  return markup`<a class="editor" href="${link}" title="Open in the editor">${text}</a>`;
}
