import type { ErrorModel } from "../error-model.ts";
import { version } from "../version.ts";
import type { ErrorRecord } from "./error-record.ts";
import { mainFrame } from "./fold.ts";
import { details, fence, inlineCode } from "./markdown-parts.ts";
import { maskModel, maskProse } from "./masked-model.ts";
import { contentType, maskRequest } from "./masked-records.ts";
import { renderPlainTraceback, titleLines } from "./render-plain.ts";
import { foldedTraceback } from "./render-text.ts";
import type { RequestRecord } from "./request-record.ts";
import { secretsOf, withoutSecrets } from "./request-secrets.ts";
import { variableLines } from "./variable-lines.ts";

// An issue may have 65,536 characters: these bounds together stay below.

/** Lines of a traceback beyond which library frames are folded. */
const TRACEBACK = 200;
/** Lines of one that is long even so, at its beginning and at its end. */
const TRACEBACK_ENDS = 100;
const VARIABLES = 40;
const WIDTH = 200;
const HEADERS = 40;
const OUTPUT = 20;
/** Characters of a body, and of any line. */
const BODY = 2000;
const LINE = 200;

/**
 * An error for an issue tracker: title, where it runs, traceback, variables of the frame to look at, request. What can be told
 * to be a secret is masked: by its name, and what came with the request under such a name wherever it turns up.
 *
 * @param record as it is kept: of one that is masked already the request's secrets can not be found elsewhere
 */
export function renderMarkdown(record: ErrorRecord): string {
  const secrets = record.request === null ? [] : secretsOf(record.request);
  const model = record.model === null ? null : maskModel(record.model, secrets);
  const clean = (text: string): string => withoutSecrets(maskProse(text), secrets);
  const title = model === null ? clean(record.title) : (titleLines(model.exception)[0] ?? "");
  const blocks = [
    [`### ${inlineCode(cut(title, LINE))}`],
    environment(record, model),
    model === null ? fence(short(clean(record.traceback).trimEnd().split("\n"))) : traceback(model),
    model === null ? [] : variables(model),
    record.request === null ? [] : request(maskRequest(record.request), secrets),
    record.output.length === 0 ? [] : output(record.output.map(clean)),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
}

function environment({ request: given, place }: ErrorRecord, model: ErrorModel | null): readonly string[] {
  const masked = given && maskRequest(given);
  const status = masked?.status === null || masked === null ? "" : `, answered ${masked.status}`;
  return [
    ...(model === null ? [] : [`- ${inlineCode(model.python)}`]),
    `- Highball ${version}`,
    ...(masked === null ? [] : [`- ${inlineCode(`${masked.method} ${cut(masked.target, LINE)}`)}${status}`]),
    ...(place === "request" ? [] : [`- ${PLACES[place]}`]),
  ];
}

const PLACES: Readonly<Record<Exclude<ErrorRecord["place"], "request">, string>> = {
  stream: "in the body, after the head was sent",
  close: "in `close()` of the body",
  thread: "in a thread of the application",
  load: "when the code was loaded",
  crash: "the process ended",
  response: "the response is none",
};

function traceback(model: ErrorModel): readonly string[] {
  const whole = renderPlainTraceback(model).trimEnd().split("\n");
  return fence(short(whole.length > TRACEBACK ? foldedTraceback(model) : whole), "pytb");
}

/** Beginning and end: where it came from, and what it was. */
function short(lines: readonly string[]): readonly string[] {
  const bounded = lines.map((line) => cut(line, LINE));
  const left = bounded.length - 2 * TRACEBACK_ENDS;
  return left <= 0
    ? bounded
    : [...bounded.slice(0, TRACEBACK_ENDS), `… ${left} more lines …`, ...bounded.slice(-TRACEBACK_ENDS)];
}

function variables({ exception }: ErrorModel): readonly string[] {
  const frame = mainFrame(exception.frames);
  if (frame === null || frame.variables.length === 0) return [];
  const lines = variableLines(frame, { count: VARIABLES, width: WIDTH });
  const texts = lines.map((line) => (typeof line === "string" ? line : `${line.name} = ${line.value}`));
  return details(
    `Variables of ${cut(`${frame.function} (${frame.file}:${frame.line})`, LINE)}`,
    fence(texts, "python"),
  );
}

function output(lines: readonly string[]): readonly string[] {
  const last = lines.slice(-OUTPUT).map((line) => cut(line, LINE));
  return details("Printed before", fence(last));
}

/** As it was sent, and masked. */
function request(record: RequestRecord, secrets: readonly string[]): readonly string[] {
  const { method, target, protocol, headers, body, bodySize } = record;
  const lines = [
    `${method} ${cut(withoutSecrets(target, secrets), LINE)} ${protocol}`,
    ...headers
      .slice(0, HEADERS)
      .map(([name, value]) => cut(withoutSecrets(`${name}: ${value}`, secrets), LINE)),
    ...(bodySize === 0
      ? []
      : ["", ...bodyLines(contentType(record), body, bodySize).map((line) => withoutSecrets(line, secrets))]),
  ];
  return details("Request", fence(lines, "http"));
}

function bodyLines(type: string, body: Buffer | null, size: number): readonly string[] {
  const text = body?.toString() ?? "";
  const isText = body !== null && !text.includes("\0") && Buffer.from(text).equals(body);
  if (!isText) return [`(${size} bytes${type === "" ? "" : ` of ${type}`})`];
  return cut(text, BODY).split("\n");
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}… ${text.length - length} more characters`;
}
