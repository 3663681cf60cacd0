import type { Paint } from "./terminal.ts";
import { flagsOf, type QuestionWord } from "./question-flags.ts";
import { wrap } from "./wrap.ts";

/** Where the explanations begin, and where every line ends. */
const column = 24;
const width = 79;

interface Page {
  readonly about: string;
  readonly usage: readonly (readonly [form: string, does: string])[];
  readonly notes: string;
}

const pages: Readonly<Record<QuestionWord, Page>> = {
  errors: {
    about: "Shows the errors that a server in development keeps.",
    usage: [
      ["highball errors", "list them, the newest last"],
      ["highball errors ID", "one, with its frames and variables"],
      ["highball errors last", "the newest"],
    ],
    notes:
      "On a terminal an error is coloured, and what is not the application's own code is folded. The exit code is 1 if " +
      "there is no such server or error.",
  },
  requests: {
    about: "Shows the last requests of a server in development.",
    usage: [
      ["highball requests", "list them, the newest last"],
      ["highball requests ID", "one, with its headers and its body"],
      ["highball requests last", "the newest"],
    ],
    notes:
      "Passwords, tokens and cookies are masked. The exit code is 1 if there is no such server or request.",
  },
  replay: {
    about: "Sends a request again to a server in development, which keeps the last ones.",
    usage: [
      ["highball replay ID", "the one that highball requests calls ID"],
      ["highball replay last", "the newest that failed"],
    ],
    notes:
      "It prints the status, and the first 64 KiB of the body if that is text; if it fails again, the error. --json has " +
      "the headers too. The exit code is 0 if the status is below 500, and 1 if it is not.",
  },
};

/** The whole of `highball errors --help`, and of the others'. */
export function renderQuestionHelp(word: QuestionWord, paint: Paint): string {
  const { about, usage, notes } = pages[word];
  const left = Math.max(...usage.map(([form]) => form.length));
  const lines = [
    about,
    "",
    ...usage.map(([form, does], index) => {
      const label = index === 0 ? paint("Usage:", "bold") : "      ";
      return `${label} ${form.padEnd(left)}  ${does}`;
    }),
    "",
    ...wrap(notes, width),
    "",
    paint("Options:", "bold"),
    ...flagsOf(word).flatMap(({ flags, placeholder, help }) => {
      const short = flags.find((flag) => !flag.startsWith("--"));
      const long = flags.find((flag) => flag.startsWith("--")) ?? "";
      const spelling = `  ${short === undefined ? "    " : `${short}, `}${long}${placeholder === null ? "" : ` ${placeholder}`}`;
      const [first = "", ...rest] = wrap(help, width - column);
      return [
        paint(spelling, "cyan") + " ".repeat(column - spelling.length) + first,
        ...rest.map((line) => " ".repeat(column) + line),
      ];
    }),
    "",
    ...wrap(
      "The server is that of the project in the current folder or one above it. An application called " +
        `"${word}" is served by highball -- ${word}, or highball ${word}:app.`,
      width,
    ),
  ];
  return lines.join("\n");
}
