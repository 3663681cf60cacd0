import type { ErrorPlace, ErrorRecord } from "../debug/error-record.ts";
import { HighballError } from "../errors.ts";
import type { Asking } from "./asking.ts";
import type { ErrorSummary } from "../debug/summaries.ts";
import { readError, readErrors } from "./api-records.ts";
import { latest } from "./latest.ts";
import { print, widthOf } from "./printed.ts";
import { type Cell, renderTable, timeOf } from "./record-table.ts";

/** Where an error came up, if not where most do. */
const PLACES: Readonly<Record<ErrorPlace, string>> = {
  request: "",
  stream: "in the body",
  close: "in close()",
  thread: "a thread",
  load: "loading the code",
  crash: "the process ended",
  response: "not a response",
};

/** `highball errors [ID]`. */
export async function answerErrors(asking: Asking): Promise<number> {
  const { question, client, output } = asking;
  if (question.id !== null) return answerError(asking);
  if (question.follow) return follow(asking);
  const json = await client.json("errors");
  if (question.form === "json") print(output, json);
  else list(asking, readErrors(json));
  return 0;
}

function list({ client, output, aside, project }: Asking, errors: readonly ErrorSummary[]): void {
  if (errors.length === 0) {
    aside.line(`No errors: ${client.url} has had none since it was started.`);
    return;
  }
  for (const line of rows(errors, { output, project })) output.line(line);
  if (output.isTerminal) {
    output.line(output.paint(`\n  highball errors ${errors.at(-1)?.id} shows the last one.`, "dim"));
  }
}

function rows(errors: readonly ErrorSummary[], { output, project }: Rows): string[] {
  const cells = errors.map((error): Cell[] => [
    { text: String(error.id), styles: ["bold"], align: "right" },
    { text: timeOf(error.at), styles: ["dim"] },
    { text: whereOf(error) },
    { text: error.title, styles: ["red"] },
    { text: codeOf(error, project.folder), styles: ["dim"] },
  ]);
  return renderTable(cells, 3, widthOf(output), output.paint);
}

type Rows = Pick<Asking, "output" | "project">;

/** A file of the project is named from its folder. */
function codeOf({ where }: ErrorSummary, folder: string): string {
  if (where === null) return "";
  const { file, line } = where;
  const name = file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : file;
  return line > 0 ? `${name}:${line}` : name;
}

function whereOf({ request, place }: ErrorSummary): string {
  const asked = request === null ? "" : `${request.method} ${request.target}`;
  const where = PLACES[place];
  return asked === "" ? where : where === "" ? asked : `${asked} (${where})`;
}

async function answerError(asking: Asking): Promise<number> {
  const { question, client, output } = asking;
  const id = question.id === "last" ? latest(readErrors(await client.json("errors")), "error") : question.id;
  const path = `errors/${id}`;
  const { form } = question;
  if (form === "json") print(output, await client.json(path));
  else if (form === "markdown") print(output, await client.markdown(path));
  else if (output.isTerminal) await show(readError(await client.json(path)), asking);
  else print(output, await client.text(path));
  return 0;
}

async function show(error: ErrorRecord, { client, output, project, environment }: Asking): Promise<void> {
  const { drawError } = await import("../debug/draw-error.ts");
  const page = client.url.startsWith("http") ? `${client.url}/__highball__/errors/${error.id}` : null;
  output.line(drawError(error, { ...project, page, paint: output.paint, environment }).trimEnd());
}

/** The list, and what comes, until the server ends or Ctrl+C. */
async function follow({ question, client, output, aside, project }: Asking): Promise<number> {
  let last = 0;
  const tell = async (): Promise<void> => {
    const errors = readErrors(await client.json("errors")).filter(({ id }) => id > last);
    last = errors.at(-1)?.id ?? last;
    if (question.form === "json") for (const error of errors) print(output, JSON.stringify(error));
    else for (const line of rows(errors, { output, project })) output.line(line);
  };
  // The stream first: what came between the list and its beginning would be missed.
  const events = await client.listen();
  await tell();
  try {
    for await (const event of events) if (event === "error") await tell();
  } catch (error) {
    if (!(error instanceof HighballError) || error.code !== "SERVER_UNREACHABLE") throw error;
  }
  aside.line("The server has stopped.");
  return 0;
}
