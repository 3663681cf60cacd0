import { parseArgs } from "node:util";
import { HighballError } from "../errors.ts";
import type { Given, Layer } from "./layer.ts";
import { nearest } from "./nearest.ts";
import { type InputName, inputNames, type Mode, rowOf } from "./table.ts";

/** The words that may stand before the application. */
export const subcommands = ["dev", "config", "help"] as const;
export type Subcommand = (typeof subcommands)[number];

/** The words that ask a server that runs for something: they have flags of their own (src/cli/question.ts). */
export const questionWords = ["errors", "requests", "replay"] as const;

/** Flags that are no settings: they say what to do, not how. */
export const actions = {
  check: { flags: ["--check", "--check-config"], help: "Check the settings and stop: exit code 0 or 2." },
  help: { flags: ["-h", "--help"], help: "Show this help and stop." },
  version: { flags: ["-V", "--version"], help: "Show the version and stop." },
} as const;
type Action = keyof typeof actions;
const actionNames = ["check", "help", "version"] as const satisfies readonly Action[];

/** A command line, taken apart. */
export interface CommandLine {
  /** undefined serves. */
  readonly subcommand: Exclude<Subcommand, "dev"> | undefined;
  readonly mode: Mode;
  readonly actions: ReadonlySet<Action>;
  /** The flags, and the application, as settings. */
  readonly layer: Layer;
}

type Meaning =
  | { readonly kind: "setting"; readonly name: InputName }
  | { readonly kind: "switch"; readonly name: InputName; readonly value: "true" | "false" | "off" }
  | { readonly kind: "action"; readonly action: Action };

/** What each flag means: the table, turned round. */
function meanings(): Map<string, Meaning> {
  const all = new Map<string, Meaning>();
  for (const name of inputNames) {
    const { flags, off = [], kind } = rowOf(name);
    for (const flag of flags) {
      if (kind.placeholder === null) {
        all.set(flag, { kind: "switch", name, value: "true" });
        all.set(flag.replace("--", "--no-"), { kind: "switch", name, value: "false" });
      } else all.set(flag, { kind: "setting", name });
    }
    const value = kind.placeholder === null ? "false" : "off";
    for (const flag of off) all.set(flag, { kind: "switch", name, value });
  }
  for (const action of actionNames) {
    for (const flag of actions[action].flags) all.set(flag, { kind: "action", action });
  }
  return all;
}

/**
 * Reads the words after `highball`.
 *
 * @param directory the current folder: paths in flags are relative to it.
 * @throws HighballError UNKNOWN_FLAG, FLAG_NEEDS_VALUE, FLAG_TAKES_NO_VALUE, TOO_MANY_ARGUMENTS
 */
export function readCommandLine(argv: readonly string[], directory: string): CommandLine {
  const known = meanings();
  const layer = new Map<InputName, Given>();
  const chosen = new Set<Action>();
  const positionals: string[] = [];
  let wordsBeforeTerminator: number | undefined;
  for (const token of tokens(argv, known)) {
    if (token.kind === "option-terminator") wordsBeforeTerminator = positionals.length;
    else if (token.kind === "positional") positionals.push(token.value);
    else {
      const flag = token.rawName;
      const meaning = known.get(flag);
      if (!meaning) throw unknownFlag(flag, known.keys());
      if (meaning.kind === "setting") {
        add(layer, meaning.name, flag, valueOf(token, meaning.name), directory);
      } else if (token.value !== undefined) {
        throw new HighballError(
          "FLAG_TAKES_NO_VALUE",
          `${flag} takes no value, but it was given "${token.value}".`,
          {
            hint: `Write ${flag} alone.`,
          },
        );
      } else if (meaning.kind === "switch") add(layer, meaning.name, flag, meaning.value, directory);
      else chosen.add(meaning.action);
    }
  }
  const { subcommand, mode, rest } = takeSubcommand(positionals, wordsBeforeTerminator);
  const [application, ...surplus] = rest;
  if (surplus.length > 0 && subcommand !== "help") throw tooManyArguments(rest);
  if (application !== undefined && subcommand !== "help") {
    layer.set("application", { raws: [application], origin: { kind: "flag", name: "APP" }, directory });
  }
  return { subcommand, mode, actions: chosen, layer };
}

type Token = ReturnType<typeof tokens>[number];

function tokens(argv: readonly string[], known: ReadonlyMap<string, Meaning>) {
  const options: Record<string, { type: "string" | "boolean"; short?: string }> = {};
  for (const [flag, meaning] of known) {
    const type = meaning.kind === "setting" ? "string" : "boolean";
    if (flag.startsWith("--")) options[flag.slice(2)] = { ...options[flag.slice(2)], type };
    else options[longOf(flag, meaning)] = { type, short: flag.slice(1) };
  }
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

/** parseArgs ties every short flag to a long one. */
function longOf(short: string, meaning: Meaning): string {
  const { flags } = meaning.kind === "action" ? actions[meaning.action] : rowOf(meaning.name);
  return (flags.find((flag) => flag.startsWith("--")) ?? short).replace(/^-+/, "");
}

function add(layer: Map<InputName, Given>, name: InputName, flag: string, raw: string, directory: string) {
  const before = layer.get(name)?.raws ?? [];
  layer.set(name, { raws: [...before, raw], origin: { kind: "flag", name: flag }, directory });
}

function valueOf(token: Extract<Token, { kind: "option" }>, name: InputName): string {
  const { kind } = rowOf(name);
  // `-b -w 4`: what follows is a flag, not a value; a lone `-` is a standard stream.
  const isFlag = !token.inlineValue && token.value !== undefined && /^-./.test(token.value);
  if (token.value === undefined || isFlag) {
    throw new HighballError("FLAG_NEEDS_VALUE", `${token.rawName} needs a value.`, {
      hint: `For example: ${token.rawName} ${kind.example}`,
    });
  }
  return token.value;
}

function takeSubcommand(positionals: readonly string[], beforeTerminator = positionals.length) {
  const words = [...positionals];
  let left = beforeTerminator;
  const take = (word: string): boolean => {
    if (left === 0 || words[0] !== word) return false;
    words.shift();
    left -= 1;
    return true;
  };
  const subcommand = take("config") ? "config" : take("help") ? "help" : undefined;
  const mode: Mode = take("dev") ? "development" : "production";
  return { subcommand, mode, rest: words } as const;
}

const NOT_YET =
  "Highball does not do this yet; docs/explanation/what-it-does-not-do.md lists what is planned.";

/** Flags of other servers for which Highball has another word, or none yet. */
const elsewhere: Readonly<Record<string, string>> = {
  "--app": "Name the application without a flag: highball myproject:app",
  "--factory": 'Call the factory in the name: highball "myproject:create_app()"',
  "--app-dir": "Highball's name for it is --chdir.",
  "--working-dir": "Highball's name for it is --chdir.",
  "--uds": "Write --bind unix:PATH",
  "--fd": "Write --bind fd://N",
  "--listen": "Write --bind HOST:PORT",
  "-A": "Name the application without a flag: highball myproject:app",
  "-t": "Highball ends no worker for being slow: leave it out.",
  "--timeout": "Highball ends no worker for being slow: leave it out.",
  "--preload": "Every worker of Highball loads the application itself: leave it out.",
  "-k": "Highball has one kind of worker; --threads sets how much each does at once.",
  "--worker-class": "Highball has one kind of worker; --threads sets how much each does at once.",
  "--reload-engine": "Highball's name for it is --reloader-type: auto, native or stat.",
  "--reload-dir": "The project is watched; --reload-extra-file PATH adds to it.",
  "--reload-include": "Highball's name for it is --reload-extra-file.",
  "--certfile": NOT_YET,
  "--keyfile": NOT_YET,
  "--cert": NOT_YET,
  "--key": NOT_YET,
  "--max-requests": NOT_YET,
  "--max-requests-jitter": NOT_YET,
  "--statsd-host": NOT_YET,
  "-u": NOT_YET,
  "--user": NOT_YET,
  "-g": NOT_YET,
  "--group": NOT_YET,
  "-D": "Highball stays in the foreground; let systemd or a container run it.",
  "--daemon": "Highball stays in the foreground; let systemd or a container run it.",
};

function unknownFlag(flag: string, flags: Iterable<string>): HighballError {
  const long = flag.startsWith("--");
  const near = long
    ? nearest(
        flag,
        [...flags].filter((name) => name.startsWith("--")),
      )
    : undefined;
  const hint = elsewhere[flag] ?? (near ? `Did you mean ${near}?` : "See every flag: highball --help");
  return new HighballError("UNKNOWN_FLAG", `There is no flag ${flag}.`, { hint });
}

function tooManyArguments(words: readonly string[]): HighballError {
  const [first = "", second = ""] = words;
  const servers = ["run", "serve", "start", "server", "runserver", "develop", "prod", "production"];
  const near = servers.includes(first) ? first : nearest(first, [...subcommands, ...questionWords]);
  const hint = !near
    ? "Put a name that holds spaces in quotes."
    : near === "dev" || near === "develop" || near === "runserver"
      ? `Did you mean: highball dev ${second}`
      : servers.includes(near)
        ? `Did you mean: highball ${second}`
        : `Did you mean: highball ${near} ${second}`;
  const named = words.map((word) => `"${word}"`).join(" and ");
  return new HighballError("TOO_MANY_ARGUMENTS", `One application can be served, but ${named} were named.`, {
    hint,
  });
}
