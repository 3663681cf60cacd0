import { escapeMessage } from "../log/escape.ts";
import type { Asking } from "./asking.ts";
import type { RequestSummary } from "../debug/summaries.ts";
import { readRequest, readRequests, type RequestDetails } from "./api-records.ts";
import { latest } from "./latest.ts";
import { print, widthOf } from "./printed.ts";
import { type Cell, durationOf, renderTable, statusCell, timeOf } from "./record-table.ts";

/** `highball requests [ID]`. */
export async function answerRequests(asking: Asking): Promise<number> {
  const { question, client, output } = asking;
  if (question.id !== null) return answerRequest(asking);
  const json = await client.json("requests");
  if (question.form === "json") print(output, json);
  else list(asking, readRequests(json));
  return 0;
}

function list({ client, output, aside }: Asking, requests: readonly RequestSummary[]): void {
  if (requests.length === 0) {
    aside.line(`No requests: ${client.url} has had none since it was started.`);
    return;
  }
  const cells = requests.map((request): Cell[] => [
    { text: String(request.id), styles: ["bold"], align: "right" },
    { text: timeOf(request.at), styles: ["dim"] },
    { text: request.method },
    { text: request.target },
    statusCell(request.status),
    { text: request.duration === null ? "" : durationOf(request.duration), align: "right" },
    { text: noteOf(request), styles: ["dim"] },
  ]);
  for (const line of renderTable(cells, 3, widthOf(output), output.paint)) output.line(line);
  if (output.isTerminal) {
    output.line(output.paint(`\n  highball replay ${requests.at(-1)?.id} sends the last one again.`, "dim"));
  }
}

function noteOf({ error, replayOf }: RequestSummary): string {
  const notes = [error === null ? "" : `error ${error}`, replayOf === null ? "" : `${replayOf} again`];
  return notes.filter(Boolean).join(", ");
}

async function answerRequest({ question, client, output }: Asking): Promise<number> {
  const id =
    question.id === "last" ? latest(readRequests(await client.json("requests")), "request") : question.id;
  const json = await client.json(`requests/${id}`);
  if (question.form === "json") print(output, json);
  else print(output, describe(readRequest(json)).join("\n"));
  return 0;
}

/** As it was sent, and what became of it. */
function describe(request: RequestDetails): string[] {
  const { method, target, protocol, headers, at, remoteAddress, status, duration, error, replayOf } = request;
  const answered = status === null ? "not answered yet" : `${status} in ${durationOf(duration ?? 0)}`;
  const from = remoteAddress === "" ? "" : `, from ${remoteAddress}`;
  return [
    `${method} ${target} ${protocol}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...bodyLines(request),
    "",
    `${answered}, at ${timeOf(at)}${from}`,
    ...(replayOf === null ? [] : [`Request ${replayOf} sent again.`]),
    ...(error === null ? [] : [`It came to an error: highball errors ${error}`]),
    `To send it again: highball replay ${request.id}`,
  ].map((line) => escapeMessage(line));
}

function bodyLines({ body, bodyIsCut, bodySize }: RequestDetails): string[] {
  if (bodySize === 0) return [];
  if (body === null) return ["", `(${bodySize} bytes that are no text, or too many to be kept)`];
  return ["", ...body.split("\n"), ...(bodyIsCut ? [`… (${bodySize} bytes in all)`] : [])];
}
