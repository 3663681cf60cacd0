import { mask } from "./mask.ts";
import { maskLoosely, maskPairs } from "./mask-text.ts";
import { isSecretName } from "./secret-names.ts";

/** Deeper ones are not shown: JSON of a client's may be as deep as it is long. */
const DEPTH = 60;

/**
 * The text of a body, its secrets masked. What has none stays as it was sent, byte for byte.
 *
 * @param type value of Content-Type
 */
export function maskBody(type: string, text: string): string {
  const media = (type.split(";")[0] ?? "").trim().toLowerCase();
  if (media === "application/x-www-form-urlencoded") return maskPairs(text);
  if (media === "multipart/form-data") return maskMultipart(type, text);
  if (media === "application/json" || media.endsWith("+json")) return maskJson(text);
  // JSON is sent without saying so, too.
  return /^\s*[[{]/.test(text) ? maskJson(text) : maskLoosely(text);
}

function maskJson(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Cut off, or several documents: as far as it can be told.
    return maskLoosely(text);
  }
  const found = { secret: false };
  const masked = maskValue(value, false, DEPTH, found);
  // Numbers too long for JavaScript, and the order of keys, are told as they were.
  return found.secret ? JSON.stringify(masked, null, text.includes("\n") ? 2 : undefined) : text;
}

function maskValue(value: unknown, isSecret: boolean, depth: number, found: { secret: boolean }): unknown {
  if (typeof value === "object" && value !== null) {
    if (depth === 0) {
      found.secret = true;
      return "…";
    }
    if (Array.isArray(value)) {
      return value.map((item: unknown) => maskValue(item, isSecret, depth - 1, found));
    }
    return Object.fromEntries(
      Object.entries(value).map(([name, item]: [string, unknown]) => [
        name,
        maskValue(item, isSecret || isSecretName(name), depth - 1, found),
      ]),
    );
  }
  // Whether there is one is no secret.
  if (!isSecret || (typeof value !== "string" && typeof value !== "number")) return value;
  found.secret = true;
  return mask(String(value));
}

/** RFC 7578: parts between lines of the boundary, each with a name. */
function maskMultipart(type: string, text: string): string {
  const [, quoted, bare] = /boundary=(?:"([^"]{1,200})"|([^\s;]{1,200}))/i.exec(type) ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined) return maskLoosely(text);
  return text
    .split(`--${boundary}`)
    .map((part) => {
      const end = /\r?\n\r?\n/.exec(part);
      if (end === null) return part;
      const head = part.slice(0, end.index);
      const name = /name="([^"]*)"/i.exec(head)?.[1] ?? /name=([^\s;]+)/i.exec(head)?.[1] ?? "";
      if (!isSecretName(name)) return part;
      const start = end.index + end[0].length;
      const content = part.slice(start);
      const line = /\r?\n$/.exec(content)?.[0] ?? "";
      return part.slice(0, start) + mask(content.slice(0, content.length - line.length)) + line;
    })
    .join(`--${boundary}`);
}
