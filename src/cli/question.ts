import { parseArgs } from "node:util";
import { HighballError } from "../errors.ts";
import { questionWords } from "../settings/flags.ts";
import { nearest } from "../settings/nearest.ts";
import { inputNames, rowOf } from "../settings/table.ts";
import {
  flagEntries,
  type FlagName,
  flagsOf,
  type QuestionFlag,
  type QuestionWord,
} from "./question-flags.ts";

/** Something that a server that runs is asked for. */
export interface Question {
  readonly word: QuestionWord;
  /** Instead of an answer, how to ask. */
  readonly help: boolean;
  /** Of an error or a request; null asks for the list. */
  readonly id: number | "last" | null;
  readonly form: "text" | "json" | "markdown";
  /** Go on with what comes. */
  readonly follow: boolean;
  /** Where the server is; null looks for that of the project. */
  readonly url: string | null;
  /** Folder of the project, as it was given; null is that of the settings. */
  readonly chdir: string | null;
}

/**
 * Reads the words after `highball` if they ask a server that runs; null if they do something else.
 *
 * The first word decides, wherever flags stand. Behind `--` it is an application.
 *
 * @throws HighballError UNKNOWN_FLAG, FLAG_NEEDS_VALUE, FLAG_TAKES_NO_VALUE, ID_INVALID, CONFLICTING_SETTINGS
 */
export function readQuestion(argv: readonly string[]): Question | null {
  const [first, second] = leadingWords(argv);
  const asksHelp = first === "help";
  const word = questionWords.find((each) => each === (asksHelp ? second : first));
  if (word === undefined) return null;
  if (asksHelp) return { word, ...nothing, help: true };
  const { positionals, values } = readFlags(argv, word);
  const [, ...ids] = positionals;
  const has = (name: FlagName): boolean => values.has(name);
  if (has("help")) return { word, ...nothing, help: true };
  const id = readId(word, ids);
  if (has("markdown") && has("json")) {
    throw new HighballError("CONFLICTING_SETTINGS", "--json and --markdown are two forms of one answer.", {
      hint: `Leave one out: highball ${word} ${ids[0] ?? "last"} --json`,
    });
  }
  if (has("markdown") && id === null) throw idMissing(word, "--markdown shows one error");
  if (has("follow") && id !== null) {
    throw new HighballError(
      "ID_INVALID",
      `--follow waits for new errors, and "${ids[0]}" is there already.`,
      {
        hint: "Leave one out: highball errors --follow",
      },
    );
  }
  return {
    word,
    help: false,
    id,
    form: has("json") ? "json" : has("markdown") ? "markdown" : "text",
    follow: has("follow"),
    url: values.get("url") ?? null,
    chdir: values.get("chdir") ?? null,
  };
}

const nothing = { help: false, id: null, form: "text", follow: false, url: null, chdir: null } as const;

/** The words that are neither flags nor values of flags, up to `--`; a value belongs to the flag before it. */
function leadingWords(argv: readonly string[]): string[] {
  const valued = new Set<string>();
  for (const name of inputNames) {
    if (rowOf(name).kind.placeholder !== null) for (const flag of rowOf(name).flags) valued.add(flag);
  }
  for (const [, { flags, placeholder }] of flagEntries) {
    if (placeholder !== null) for (const flag of flags) valued.add(flag);
  }
  const words: string[] = [];
  const end = argv.indexOf("--");
  for (let at = 0; at < (end === -1 ? argv.length : end); at++) {
    const word = argv[at] ?? "";
    if (!/^-./.test(word)) words.push(word);
    else if (valued.has(word)) at += 1;
  }
  return words;
}

function readFlags(
  argv: readonly string[],
  word: QuestionWord,
): { readonly positionals: readonly string[]; readonly values: ReadonlyMap<FlagName, string> } {
  const options: Record<string, { type: "string" | "boolean"; short?: string }> = {};
  for (const [name, { flags, placeholder }] of flagEntries) {
    const short = flags.find((flag) => !flag.startsWith("--"));
    options[name] = {
      type: placeholder === null ? "boolean" : "string",
      ...(short === undefined ? {} : { short: short.slice(1) }),
    };
  }
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const positionals: string[] = [];
  const values = new Map<FlagName, string>();
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const [name, flag] = flagEntries.find(([, { flags }]) => flags.includes(token.rawName)) ?? [];
    if (name === undefined || flag === undefined || !flag.words.includes(word)) {
      throw unknownFlag(token.rawName, word);
    }
    values.set(name, valueOf(token, flag));
  }
  return { positionals, values };
}

interface OptionToken {
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function valueOf({ rawName, value, inlineValue }: OptionToken, { placeholder }: QuestionFlag): string {
  if (placeholder === null) {
    if (value === undefined) return "";
    throw new HighballError(
      "FLAG_TAKES_NO_VALUE",
      `${rawName} takes no value, but it was given "${value}".`,
      {
        hint: `Write ${rawName} alone.`,
      },
    );
  }
  if (value !== undefined && value !== "" && (inlineValue === true || !/^-./.test(value))) return value;
  const example = placeholder === "URL" ? "http://127.0.0.1:8001" : "src";
  throw new HighballError("FLAG_NEEDS_VALUE", `${rawName} needs a value.`, {
    hint: `For example: ${rawName} ${example}`,
  });
}

function unknownFlag(flag: string, word: QuestionWord): HighballError {
  const known = flagsOf(word).flatMap(({ flags }) => flags);
  const near = flag.startsWith("--")
    ? nearest(
        flag,
        known.filter((name) => name.startsWith("--")),
      )
    : undefined;
  const elsewhere = flagEntries.find(([, { flags }]) => flags.includes(flag))?.[1].words[0];
  const serves = inputNames.some((name) => rowOf(name).flags.includes(flag));
  const hint = near
    ? `Did you mean ${near}?`
    : elsewhere
      ? `It belongs to highball ${elsewhere}.`
      : serves
        ? `It is for serving. To serve an application called "${word}": highball ${flag} … -- ${word}`
        : `See its flags: highball ${word} --help`;
  return new HighballError("UNKNOWN_FLAG", `highball ${word} has no flag ${flag}.`, { hint });
}

function readId(word: QuestionWord, ids: readonly string[]): Question["id"] {
  const [id, ...surplus] = ids;
  if (id === undefined) {
    if (word === "replay") throw idMissing(word, "highball replay sends one request again");
    return null;
  }
  if (surplus.length > 0) {
    const named = ids.map((each) => `"${each}"`).join(" and ");
    throw new HighballError("ID_INVALID", `highball ${word} takes one number, but ${named} were named.`, {
      hint: `For example: highball ${word} ${id}`,
    });
  }
  if (id === "last") return id;
  const digits = /^#?([1-9]\d{0,9})$/.exec(id)?.[1];
  if (digits !== undefined) return Number(digits);
  throw new HighballError(
    "ID_INVALID",
    `"${id}" is no number of ${word === "errors" ? "an error" : "a request"}.`,
    {
      hint: `List them: highball ${word === "errors" ? "errors" : "requests"}; or name the newest: highball ${word} last`,
    },
  );
}

function idMissing(word: QuestionWord, why: string): HighballError {
  return new HighballError("ID_INVALID", `${why}, but none was named.`, {
    hint: `List them: highball ${word === "errors" ? "errors" : "requests"}; or name the newest: highball ${word} last`,
  });
}
