import { questionWords } from "../settings/flags.ts";

/** A word that asks a server that runs. */
export type QuestionWord = (typeof questionWords)[number];

export interface QuestionFlag {
  readonly flags: readonly string[];
  /** What stands for its value; null takes none. */
  readonly placeholder: string | null;
  readonly words: readonly QuestionWord[];
  readonly help: string;
}

export type FlagName = "json" | "markdown" | "follow" | "chdir" | "url" | "help";

/** Where a server is looked for, and how what it says is shown. */
const questionFlags: Readonly<Record<FlagName, QuestionFlag>> = {
  json: {
    flags: ["--json"],
    placeholder: null,
    words: questionWords,
    help: "Print the JSON of the server's API as it is: for scripts and coding agents.",
  },
  markdown: {
    flags: ["--markdown"],
    placeholder: null,
    words: ["errors"],
    help: "Print one error as Markdown, for an issue: secrets are left out.",
  },
  follow: {
    flags: ["-f", "--follow"],
    placeholder: null,
    words: ["errors"],
    help: "Go on and print new errors as they come, until Ctrl+C.",
  },
  chdir: {
    flags: ["--chdir"],
    placeholder: "PATH",
    words: questionWords,
    help: "Folder of the project, as the server was given it. [.]",
  },
  url: {
    flags: ["--url"],
    placeholder: "URL",
    words: questionWords,
    help: "Address of the server: http://127.0.0.1:8001, :8001 or unix:PATH; without it that of the project.",
  },
  help: {
    flags: ["-h", "--help"],
    placeholder: null,
    words: questionWords,
    help: "Show this help and stop.",
  },
};

/** Every flag, by name. */
export const flagEntries: readonly (readonly [FlagName, QuestionFlag])[] = Object.entries(questionFlags).map(
  ([name, flag]) => [name as FlagName, flag],
);

/** The flags of one command, as they are listed. */
export function flagsOf(word: QuestionWord): readonly QuestionFlag[] {
  return flagEntries.map(([, flag]) => flag).filter(({ words }) => words.includes(word));
}
