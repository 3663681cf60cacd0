import type { ErrorModel, ExceptionModel } from "../error-model.ts";
import type { ErrorRecord } from "./error-record.ts";
import { mainFrame } from "./fold.ts";
import { contentType, maskError, maskRequest } from "./masked-records.ts";
import type { RequestRecord } from "./request-record.ts";
import { maskTarget } from "./secrets.ts";
import type { CodePlace, ErrorSummary } from "./summaries.ts";

/** Characters of a body that are told. */
const BODY = 64 * 1024;

/** Of the list. */
export function errorSummary(record: ErrorRecord): ErrorSummary {
  const { id, at, place, title, request, model, pid } = record;
  return {
    id,
    at,
    place,
    title,
    request: request === null ? null : { method: request.method, target: maskTarget(request.target) },
    where: model === null ? null : whereOf(model.exception),
    pid,
    isGone: isGone(record),
  };
}

function whereOf({ syntax, frames }: ExceptionModel): CodePlace | null {
  if (syntax !== null) return { file: syntax.file, line: syntax.line, function: "" };
  const frame = mainFrame(frames);
  return frame === null ? null : { file: frame.file, line: frame.line, function: frame.function };
}

/** All that is kept of an error. */
export function errorJson(record: ErrorRecord): object {
  const { debuggee: _debuggee, request, ...fields } = maskError(record);
  return { ...fields, request: request === null ? null : requestJson(request), isGone: isGone(record) };
}

export function requestSummary(record: RequestRecord): object {
  const { id, at, method, target, status, error, replayOf } = record;
  const duration = record.duration === null ? null : roundedDuration(record.duration);
  return { id, at, method, target: maskTarget(target), status, duration, error, replayOf };
}

/** Milliseconds, without the digits that no clock has measured. */
export function roundedDuration(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}

/** All that is kept of a request. Its body is text, or nothing where it is none. */
export function requestJson(record: RequestRecord): object {
  const { body, ...fields } = maskRequest(record);
  const text = body === null ? null : body.toString();
  const isText = body !== null && text !== null && !text.includes("\0") && Buffer.from(text).equals(body);
  return {
    ...fields,
    duration: record.duration === null ? null : roundedDuration(record.duration),
    contentType: contentType(record),
    body: isText ? text.slice(0, BODY) : null,
    bodyIsCut: isText && text.length > BODY,
  };
}

/** Nobody holds its frames. */
export function isGone({ debuggee }: ErrorRecord): boolean {
  return debuggee === null || debuggee.isGone;
}

/** The frames in which code can be run. */
export function frameIds(model: ErrorModel): ReadonlySet<string> {
  const ids = new Set<string>();
  const left: ExceptionModel[] = [model.exception];
  for (let exception = left.pop(); exception !== undefined; exception = left.pop()) {
    for (const { id } of exception.frames) if (id !== "") ids.add(id);
    for (const next of [exception.cause, exception.context, ...exception.members])
      if (next !== null) left.push(next);
  }
  return ids;
}
