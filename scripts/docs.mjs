/**
 * Writes the parts of docs/reference that come from the code: between a line
 * `<!-- generated: NAME -->` and the next `<!-- end -->`. With --check it changes nothing, and exits
 * 1 when a page is out of step.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const repository = fileURLToPath(new URL("..", import.meta.url));
const code = compile();
const [{ catalogue }, table, { renderHelp }, { renderQuestionHelp }] = await Promise.all(
  ["errors", "settings/table", "cli/help", "cli/question-help"].map((module) => load(`${module}.js`)),
);

const parts = {
  settings: () => table.sections.map(sectionTable).join("\n\n"),
  errors: () =>
    [
      "| code | exit code | what happened |",
      "|---|---|---|",
      ...Object.entries(catalogue).map(
        ([name, entry]) => `| \`${name}\` | ${entry.exitCode} | ${entry.summary} |`,
      ),
    ].join("\n"),
  help: () => shown(renderHelp),
  errorsHelp: () => shown((paint) => renderQuestionHelp("errors", paint)),
  requestsHelp: () => shown((paint) => renderQuestionHelp("requests", paint)),
  replayHelp: () => shown((paint) => renderQuestionHelp("replay", paint)),
};

const check = process.argv.includes("--check");
let stale = 0;
for (const page of ["settings.md", "errors.md", "command.md"]) {
  const path = join(repository, "docs/reference", page);
  const before = readFileSync(path, "utf8");
  const after = before.replaceAll(
    /(<!-- generated: (\w+) -->\n)[^]*?(<!-- end -->)/g,
    (_whole, start, name, end) => `${start}${parts[name]()}\n${end}`,
  );
  if (after === before) continue;
  stale += 1;
  if (check) console.error(`docs/reference/${page} is out of step with the code: npm run docs`);
  else {
    writeFileSync(path, after);
    console.log(`docs/reference/${page} written`);
  }
}
process.exitCode = check && stale > 0 ? 1 : 0;

/** What a terminal shows, without colours. */
function shown(render) {
  return ["```text", render((text) => text), "```"].join("\n");
}

function sectionTable(section) {
  const names = table.inputNames.filter((name) => table.rowOf(name).section === section);
  return [
    `### ${section}`,
    "",
    "| setting | flags | default | what it is |",
    "|---|---|---|---|",
    ...names.map((name) => {
      const { help, common } = table.rowOf(name);
      const also = common === undefined ? "" : ` ${commonNote(common)}`;
      return `| \`${table.keyOf(name)}\` | ${flagsOf(name)} | ${standardOf(name)} | ${prose(help)}${also} |`;
    }),
  ].join("\n");
}

function commonNote({ name, mode }) {
  return `Also \`$${name}\`${mode === undefined ? "" : `, in ${mode} only`}.`;
}

function flagsOf(name) {
  const { flags, off = [], kind } = table.rowOf(name);
  const negated = kind.placeholder === null ? flags.map((flag) => flag.replace("--", "--no-")) : [];
  const value = kind.placeholder === null ? "" : ` ${cell(kind.placeholder)}`;
  const spelled = [...flags, ...negated, ...off].map((flag, index) =>
    index === flags.length - 1 ? `\`${flag}${value}\`` : `\`${flag}\``,
  );
  return name === "application" ? "`APP`" : spelled.join(", ");
}

function standardOf(name) {
  const production = table.standardOf(name, "production");
  const development = table.standardOf(name, "development");
  const text = `\`${cell(production)}\``;
  return production === development ? text : `${text}, in \`dev\` \`${cell(development)}\``;
}

/** Text that is not code: stars are stars. */
function prose(text) {
  return cell(text).replaceAll("*", "\\*");
}

/** A bar would end the cell. */
function cell(text) {
  return text.replaceAll("|", "\\|");
}

/** The sources as they are now, compiled beside nothing that a running test may use. */
function compile() {
  const folder = join(repository, "node_modules/.cache/highball-docs");
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(repository, "package.json"), join(folder, "package.json"));
  const compiler = join(repository, "node_modules/typescript/bin/tsc");
  const args = [
    compiler,
    "-p",
    "tsconfig.build.json",
    "--outDir",
    join(folder, "dist"),
    "--declaration",
    "false",
  ];
  const { stdout } = spawnSync(process.execPath, args, { cwd: repository, encoding: "utf8" });
  return { folder: join(folder, "dist"), problems: stdout };
}

async function load(path) {
  try {
    return await import(pathToFileURL(join(code.folder, path)).href);
  } catch (error) {
    throw new Error(`cannot read the code of ${path}:\n${code.problems}`, { cause: error });
  }
}
