/** What a page of the debugger is told beside what it shows. */
export interface PageContext {
  /** Of the server (`Debugger.run`). */
  readonly run: string;
  /** Of the code that serves now (`CodeState.version`). */
  readonly version: string;
  /** Code may be run in frames; else the page is for looking only. */
  readonly evaluates: boolean;
  /** Folder of the project: files below it are named from there. */
  readonly project: string;
  /** Where an editor opens a place; null if none is known. */
  readonly editorLink: ((place: EditorPlace) => string | null) | null;
  readonly masks: Masks;
}

export interface EditorPlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** Makes secrets unreadable; each takes what was sent and returns what may be shown. */
export interface Masks {
  readonly header: (name: string, value: string) => string;
  /** Of a query or a form. */
  readonly field: (name: string, value: string) => string;
  readonly variable: (name: string, value: string) => string;
  /** Path and query. */
  readonly target: (target: string) => string;
  /** The text of a body. */
  readonly body: (type: string, text: string) => string;
}
