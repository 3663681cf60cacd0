import { HighballError } from "../errors.ts";
import type { Kind } from "./kinds.ts";
import type { Given } from "./layer.ts";
import type { Misfit } from "./misfit.ts";
import { describePlace, type Origin } from "./origin.ts";

/** What to tell of a value that does not fit: the value, its place, and one that would be right. */
export function invalidValue(kind: Kind<unknown>, origin: Origin, misfit: Misfit): HighballError {
  return new HighballError("INVALID_VALUE", `${describePlace(origin)}: ${misfit.message}.`, {
    hint: `For example: ${exampleFor(kind, origin, misfit.example ?? kind.example)}`,
    cause: misfit,
  });
}

function exampleFor(kind: Kind<unknown>, origin: Origin, example: string): string {
  switch (origin.kind) {
    case "flag":
      if (origin.name === "APP") return `highball ${example}`;
      return `${origin.name} ${/^[\w./:=,@+-]+$/.test(example) ? example : `'${example}'`}`;
    case "variable":
    case "common-variable":
      return `${origin.name}=${example}`;
    case "file":
      return `${origin.key.replace(/^.*\./, "")} = ${literal(kind, example)}`;
    case "option":
      return `${origin.name}: ${literal(kind, example)}`;
    default:
      return example;
  }
}

/** The example as TOML, which for these values is also TypeScript. */
function literal(kind: Kind<unknown>, example: string): string {
  if (kind.accumulates) return kind.show(kind.parse(example, ""));
  return /^(?:\d+|true|false)$/.test(example) ? example : JSON.stringify(example);
}

/** What to tell of `bind` beside `host` or `port`, given at the same place. */
export function conflict(bind: Given, part: Given): HighballError {
  const [whole, half] = [describePlace(bind.origin), describePlace(part.origin)];
  return new HighballError(
    "CONFLICTING_SETTINGS",
    `${whole} ${show(bind)} and ${half} ${show(part)} both say where to listen.`,
    { hint: `Leave one out; ${nameOf(bind.origin)} can say it all: HOST:PORT or unix:PATH.` },
  );
}

function show({ raws }: Given): string {
  return raws.map((raw) => JSON.stringify(raw)).join(", ");
}

function nameOf(origin: Origin): string {
  return "name" in origin ? origin.name : "bind";
}
