import { basename } from "node:path";

/** Where a value came from: shown by `highball config` and in every message about the value. */
export type Origin =
  | { readonly kind: "flag"; readonly name: string }
  /** `file` is the `--env-file` that set the variable, if the process did not have it already. */
  | { readonly kind: "variable"; readonly name: string; readonly file?: string }
  | { readonly kind: "common-variable"; readonly name: string; readonly file?: string }
  | { readonly kind: "file"; readonly path: string; readonly key: string }
  /** Given by a program that called `serve()`. */
  | { readonly kind: "option"; readonly name: string }
  /** Looked for and found, in the folder `path`. */
  | { readonly kind: "found"; readonly path: string }
  | { readonly kind: "default" };

/** An origin in a few words, without the value: `--workers`, `PORT`, `pyproject.toml`. */
export function describeOrigin(origin: Origin): string {
  switch (origin.kind) {
    case "flag":
      return origin.name;
    case "variable":
    case "common-variable":
      return origin.file === undefined ? origin.name : `${origin.name} in ${basename(origin.file)}`;
    case "file":
      return basename(origin.path);
    case "option":
      return `option ${origin.name}`;
    case "found":
      return `found in ${origin.path}`;
    default:
      return "default";
  }
}

/** The place of a value that is wrong, exact enough to go there and change it. */
export function describePlace(origin: Origin): string {
  switch (origin.kind) {
    case "variable":
    case "common-variable":
      return origin.file === undefined ? origin.name : `${origin.name} in ${origin.file}`;
    case "file":
      return `${origin.key} in ${origin.path}`;
    default:
      return describeOrigin(origin);
  }
}
