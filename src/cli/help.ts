import { actions } from "../settings/flags.ts";
import { inputNames, type InputName, rowOf, sections, standardOf } from "../settings/table.ts";
import type { Paint } from "./terminal.ts";
import { wrap } from "./wrap.ts";

/** Where the explanations begin, and where every line ends. */
const column = 30;
const width = 79;

/** The whole of `highball --help`. */
export function renderHelp(paint: Paint): string {
  const heading = (text: string): string => paint(text, "bold");
  const lines = [
    "Highball serves WSGI applications, from the first hello world to production.",
    "",
    `${heading("Usage:")} highball [APP] [OPTIONS]        for production`,
    "       highball dev [APP] [OPTIONS]    for development",
    "       highball config [dev] [APP]     print every setting and its origin",
    "       highball errors [ID]            show the errors of a server that runs",
    "       highball requests [ID]          show its last requests",
    "       highball replay ID              send one of them again",
    "       highball help [COMMAND]",
    "",
    ...wrap(
      'APP is a module (myproject.wsgi), with a name (myproject:app) or a call ("myproject:create_app()"), ' +
        "a file (app.py) or the folder of a Django project. Without it: FLASK_APP, then wsgi.py, app.py, " +
        "main.py or manage.py.",
      width,
    ),
  ];
  for (const section of sections) {
    lines.push("", heading(`${section}:`));
    for (const name of inputNames) {
      if (rowOf(name).section === section && rowOf(name).flags.length > 0) lines.push(...entry(name, paint));
    }
  }
  lines.push("", heading("Other:"));
  for (const { flags, help } of Object.values(actions)) lines.push(...columns(spelling(flags), help, paint));
  lines.push(
    "",
    ...wrap(
      "Every setting is also a variable, HIGHBALL_ and its name (HIGHBALL_LIMIT_REQUEST_LINE=4094), and a " +
        "line of highball.toml or of [tool.highball] in pyproject.toml (limit-request-line = 4094). " +
        "A flag wins over a variable, a variable over a file. Sizes take K, M and G.",
      width,
    ),
  );
  return lines.join("\n");
}

function entry(name: InputName, paint: Paint): string[] {
  const { kind, flags, off = [], common, help } = rowOf(name);
  const left =
    kind.placeholder === null
      ? spelling(flags.map((flag) => flag.replace("--", "--[no-]")))
      : `${spelling(flags)} ${kind.placeholder}`;
  const notes = [
    ...standardNote(name),
    ...off.map((flag) => `${flag} turns it off`),
    ...(common ? [`also $${common.name}`] : []),
  ];
  return columns(left, notes.length === 0 ? help : `${help} [${notes.join("; ")}]`, paint);
}

/** The short name, if there is one, and the first long one. */
function spelling(flags: readonly string[]): string {
  const short = flags.find((flag) => !flag.startsWith("--"));
  const long = flags.find((flag) => flag.startsWith("--")) ?? "";
  return `${short ? `${short}, ` : "    "}${long}`;
}

function standardNote(name: InputName): string[] {
  const production = standardOf(name, "production");
  const development = standardOf(name, "development");
  if (production !== development) return [`${said(production)}, in dev ${said(development)}`];
  return production === "none" || production === "false" ? [] : [said(production)];
}

function said(standard: string): string {
  return { true: "on", false: "off" }[standard] ?? standard;
}

function columns(left: string, right: string, paint: Paint): string[] {
  const [first = "", ...rest] = wrap(right, width - column);
  const label = `  ${left}`;
  const indented = rest.map((line) => " ".repeat(column) + line);
  const painted = paint(label, "cyan");
  if (label.length + 2 > column) return [painted, " ".repeat(column) + first, ...indented];
  return [painted + " ".repeat(column - label.length) + first, ...indented];
}
