import { HighballError } from "../errors.ts";
import { nearest } from "../settings/nearest.ts";
import { atoms, namedAtoms, type AtomReader } from "./access-log-atoms.ts";
import type { AccessRecord } from "./access-record.ts";

/** Apache's combined format, gunicorn's default and ours. */
export const COMBINED_FORMAT: string = '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"';

/** Makes the line of a record, its line feed included. */
export type AccessLineFormat = (record: AccessRecord) => string;

/** `%%`, or `%(name)s` with flags, a width and a conversion as in Python's `%` operator. */
const PLACEHOLDER = /%(?:(%)|\(([^)]*)\)([-0]*)(\d{0,3})([a-zA-Z])|)/g;

/**
 * Reads a format once, into a function.
 *
 * A line is one line and printable ASCII, whatever clients and applications send: every other byte
 * of a value, and `"` and `\`, becomes `\xHH`. In a format that is a JSON object (`{…}`) it becomes
 * `\u00HH`, so that the line can be parsed.
 *
 * @throws HighballError ACCESS_LOG_FORMAT_INVALID
 */
export function compileAccessLogFormat(format: string): AccessLineFormat {
  // oxlint-disable-next-line no-control-regex -- they would break the line
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(format)) {
    throw invalid(format, "it has a control character in it", "The format is one line.");
  }
  const escape = /^\s*\{.*\}\s*$/.test(format) ? escapeJson : escapeHexadecimal;
  const parts: (string | AtomReader)[] = [];
  let end = 0;
  for (const match of format.matchAll(PLACEHOLDER)) {
    parts.push(format.slice(end, match.index));
    end = match.index + match[0].length;
    parts.push(match[1] === undefined ? readPlaceholder(format, match, escape) : "%");
  }
  parts.push(`${format.slice(end)}\n`);
  return join(parts);
}

/** Neighbouring texts become one, so that there is one step for each atom. */
function join(parts: readonly (string | AtomReader)[]): AccessLineFormat {
  const steps: { readonly before: string; readonly read: AtomReader }[] = [];
  let text = "";
  for (const part of parts) {
    if (typeof part === "string") {
      text += part;
    } else {
      steps.push({ before: text, read: part });
      text = "";
    }
  }
  const after = text;
  return (record) => {
    let line = "";
    for (const { before, read } of steps) {
      line += before + read(record);
    }
    return line + after;
  };
}

function readPlaceholder(
  format: string,
  match: RegExpExecArray,
  escape: (text: string) => string,
): AtomReader {
  const [text, , name, flags = "", width = "", conversion] = match;
  if (name === undefined) {
    const letter = format[match.index + 1] ?? "";
    const known = atoms.some((atom) => atom.name === letter);
    throw invalid(
      format,
      `it has a lone "%${letter}"`,
      known ? `Write %(${letter})s.` : "Write %% for a percent sign.",
    );
  }
  const { read, isNumber, isOurs } = readAtom(format, name);
  if (conversion !== "s" && !(conversion === "d" && isNumber)) {
    throw invalid(format, `"${text}" has a conversion that is not known`, `Write %(${name})s.`);
  }
  if (width === "") {
    return isOurs ? read : (record) => escape(read(record));
  }
  const columns = Number(width);
  if (flags.includes("-")) {
    return (record) => escape(read(record)).padEnd(columns);
  }
  const fill = flags.includes("0") && isNumber ? "0" : " ";
  return (record) => escape(read(record)).padStart(columns, fill);
}

function readAtom(format: string, name: string): { read: AtomReader; isNumber: boolean; isOurs: boolean } {
  const plain = atoms.find((atom) => atom.name === name);
  if (plain !== undefined) {
    return { read: plain.makeReader(), isNumber: plain.isNumber ?? false, isOurs: plain.isOurs ?? false };
  }
  const [, key, kind] = /^\{([^{}]+)\}([a-z]?)$/.exec(name) ?? [];
  if (key !== undefined && (kind === "i" || kind === "o" || kind === "e")) {
    return { read: namedAtoms[kind].makeReader(key), isNumber: false, isOurs: false };
  }
  throw invalid(format, `it has no atom "%(${name})s"`, suggestion(name, key));
}

function suggestion(name: string, key: string | undefined): string {
  if (key !== undefined) {
    return `%({${key}}i)s is a request header, %({${key}}o)s a response header, %({${key}}e)s of the environ.`;
  }
  const words = new Map(atoms.flatMap((atom) => [atom.name, ...atom.words].map((word) => [word, atom])));
  const otherCase = atoms.find((atom) => atom.name.toLowerCase() === name.toLowerCase());
  const found =
    otherCase ??
    words.get(
      nearest(
        name,
        [...words.keys()].filter((word) => word.length > 1),
      ) ?? "",
    );
  return found === undefined
    ? `The atoms are ${atoms.map((atom) => atom.name).join(" ")} and {name}i, {name}o, {name}e.`
    : `Did you mean %(${found.name})s, ${found.meaning}?`;
}

function invalid(format: string, reason: string, hint: string): HighballError {
  return new HighballError(
    "ACCESS_LOG_FORMAT_INVALID",
    `Cannot use the access log format "${format}": ${reason}.`,
    {
      hint,
    },
  );
}

/** Printable ASCII but `"` and `\`. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
const NOT_PLAIN = /[^\x20\x21\x23-\x5b\x5d-\x7e]/gu;

function escapeHexadecimal(text: string): string {
  return PLAIN.test(text) ? text : text.replace(NOT_PLAIN, (character) => bytesOf(character, "\\x"));
}

/** RFC 8259 §7 has no `\xHH`. */
function escapeJson(text: string): string {
  return PLAIN.test(text) ? text : text.replace(NOT_PLAIN, (character) => bytesOf(character, "\\u00"));
}

/** What came from the wire has a byte a character; anything else is written as its UTF-8. */
function bytesOf(character: string, prefix: string): string {
  const bytes = character.length === 1 && character.charCodeAt(0) <= 0xff ? "latin1" : "utf8";
  const digits = Buffer.from(character, bytes).toString("hex").toUpperCase();
  return digits.replace(/../g, `${prefix}$&`);
}
