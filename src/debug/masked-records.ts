import type { ErrorRecord } from "./error-record.ts";
import { maskEnvirons } from "./mask-environ.ts";
import type { ReplayAnswer } from "./replay-answer.ts";
import type { RequestRecord } from "./request-record.ts";
import { maskBody, maskHeader, maskTarget, maskVariable } from "./secrets.ts";

/** An error as it may leave this process: the secrets of its request are masked. Masking it again changes nothing. */
export function maskError(record: ErrorRecord): ErrorRecord {
  const { request, model } = record;
  return {
    ...record,
    request: request === null ? null : maskRequest(request),
    model: model === null ? null : maskEnvirons(model),
  };
}

/** A request as it may leave this process. Masking it again changes nothing. */
export function maskRequest(record: RequestRecord): RequestRecord {
  const { headers, environ, body } = record;
  return {
    ...record,
    target: maskTarget(record.target),
    headers: headers.map(([name, value]) => [name, maskHeader(name, value)] as const),
    environ: environ?.map(([name, value]) => [name, maskVariable(name, value)] as const) ?? null,
    body: body === null ? null : maskBytes(contentType(record), body),
  };
}

/** An answer as it may leave this process. Masking it again changes nothing. */
export function maskAnswer(answer: ReplayAnswer): ReplayAnswer {
  const { headers, contentType: type, body } = answer;
  return {
    ...answer,
    headers: headers.map(([name, value]) => [name, maskHeader(name, value)] as const),
    body: body === null ? null : maskBody(type, body),
  };
}

/** Value of Content-Type; empty where there is none. */
export function contentType({ headers }: RequestRecord): string {
  return headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
}

/** Bytes that are no UTF-8 stay those that they are. */
function maskBytes(type: string, body: Buffer): Buffer {
  const text = body.toString();
  if (Buffer.from(text).equals(body)) return Buffer.from(maskBody(type, text));
  // Each byte a character, but for those of masks, which are to be known again.
  const bytes = body.toString("latin1").replaceAll(MARKS, (mark) => Buffer.from(mark, "latin1").toString());
  const masked = maskBody(type, bytes);
  return Buffer.from(
    masked.replaceAll(/[•–…]/g, (mark) => Buffer.from(mark).toString("latin1")),
    "latin1",
  );
}

/** `•`, `–` and `…` in UTF-8. */
const MARKS = /\u00E2\u0080[\u00A2\u0093\u00A6]/g;
