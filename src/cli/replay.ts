import { locationOf } from "../debug/page/answer-words.ts";
import type { ReplayAnswer } from "../debug/replay-answer.ts";
import { escapeLine } from "../log/escape.ts";
import type { Asking } from "./asking.ts";
import { readErrors, readReplay, readRequests, type Replay } from "./api-records.ts";
import type { DebugClient } from "./debug-client.ts";
import { latest } from "./latest.ts";
import { print } from "./printed.ts";
import { durationOf, statusCell } from "./record-table.ts";
import type { Output } from "./terminal.ts";

/** `highball replay ID`: 0 if the response is below 500, else 1. */
export async function answerReplay({ question, client, output }: Asking): Promise<number> {
  const id = question.id === "last" || question.id === null ? await lastFailed(client) : question.id;
  const json = await client.post(`requests/${id}/replay`, {});
  const replay = readReplay(json);
  if (question.form === "json") print(output, json);
  else await tell(replay, client, output);
  return replay.status < 500 ? 0 : 1;
}

/** The newest request that failed; if none did the newest one. */
async function lastFailed(client: DebugClient): Promise<number> {
  const requests = readRequests(await client.json("requests"));
  const failed = requests.filter(({ error }) => error !== null);
  return latest(failed.length > 0 ? failed : requests, "request");
}

async function tell(replay: Replay, client: DebugClient, output: Output): Promise<void> {
  const { answer } = replay;
  const requests = readRequests(await client.json("requests"));
  const request = requests.find(({ id }) => id === replay.request);
  const asked = request === undefined ? "" : `${escapeLine(`${request.method} ${request.target}`)} → `;
  const { text, styles = [] } = statusCell(replay.status);
  output.line(`${asked}${output.paint(text, "bold", ...styles)} in ${durationOf(replay.duration)}`);
  if (answer !== null && (replay.error === null || answer.end === "broken")) tellBody(answer, output);
  if (replay.error === null) return;
  const error = readErrors(await client.json("errors")).find(({ id }) => id === replay.error);
  if (error !== undefined) output.line(output.paint(escapeLine(error.title), "red"));
  output.line(`  highball errors ${replay.error}`);
}

/** What of a failure the gateway itself makes a page is told by the error. */
function tellBody(answer: ReplayAnswer, output: Output): void {
  const { body, bodySize, bodyIsCut, contentType, contentCoding, end } = answer;
  const note = (text: string): void => output.line(output.paint(escapeLine(text), "dim"));
  const location = locationOf(answer);
  if (location !== null) note(`It leads to ${location}, which was not asked for.`);
  const coded = contentCoding === "" ? "" : ` of ${contentCoding}`;
  if (bodySize > 0) output.line("");
  if (bodySize > 0 && body === null) {
    note(
      `(${bytes(bodySize)}${coded} that ${bodySize === 1 ? "is" : "are"} no text: ${contentType || "of no type"})`,
    );
  }
  // HTTP's own line ends, which a terminal need not be shown.
  if (body !== null && body !== "") print(output, output.isTerminal ? body.replaceAll("\r\n", "\n") : body);
  if (bodyIsCut)
    note(`… (the first 64 KiB of ${coded === "" ? "" : "what came as "}${bytes(bodySize)}${coded})`);
  if (end === "broken") note("(The response broke off here.)");
  if (end === "unfinished") note("(The response went on, and was read no further.)");
}

function bytes(count: number): string {
  return `${count.toLocaleString("en")} ${count === 1 ? "byte" : "bytes"}`;
}
