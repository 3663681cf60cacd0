import { contentType } from "./masked-records.ts";
import { mask } from "./mask.ts";
import type { RequestRecord } from "./request-record.ts";
import { isSecretName } from "./secret-names.ts";

/** Shorter ones are in other words too, and are no secrets that are worth much. */
const SHORTEST = 6;

/**
 * The secrets that came with a request, as far as their names tell them: wherever they turn up (in a variable of
 * another name, in a message) they can be told again. Longest first.
 *
 * @param record not masked
 */
export function secretsOf(record: RequestRecord): readonly string[] {
  const found = new Set<string>();
  for (const [name, value] of record.headers) collectHeader(name.toLowerCase(), value, found);
  for (const [name, value] of record.environ ?? []) {
    if (name.startsWith("HTTP_"))
      collectHeader(name.slice(5).toLowerCase().replaceAll("_", "-"), value, found);
    else if (isSecretName(name)) found.add(value);
  }
  collectPairs(/\?([^#]*)/.exec(record.target)?.[1] ?? "", found);
  if (record.body !== null) collectBody(contentType(record), record.body.toString(), found);
  // What is masked already is none.
  const told = [...found].filter((secret) => secret.length >= SHORTEST && mask(secret) !== secret);
  const spelled = new Set(told.flatMap((secret) => [secret, encodeURIComponent(wellFormed(secret))]));
  return [...spelled].toSorted((one, other) => other.length - one.length);
}

/** The text with each secret masked. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let safe = text;
  for (const secret of secrets) if (safe.includes(secret)) safe = safe.replaceAll(secret, () => mask(secret));
  return safe;
}

function collectHeader(name: string, value: string, found: Set<string>): void {
  if (name === "cookie") {
    for (const pair of value.split(";")) found.add(pair.slice(pair.indexOf("=") + 1).trim());
  } else if (name === "authorization" || name === "proxy-authorization") {
    found.add(value.slice(value.indexOf(" ") + 1).trim());
  } else if (isSecretName(name)) found.add(value);
}

function collectPairs(text: string, found: Set<string>): void {
  for (const [name, value] of new URLSearchParams(text)) if (isSecretName(name)) found.add(value);
}

function collectBody(type: string, text: string, found: Set<string>): void {
  if (type.startsWith("application/x-www-form-urlencoded")) return collectPairs(text, found);
  if (!/^\s*[[{]/.test(text)) return;
  try {
    // A reviver sees each value with its name, whatever the depth.
    JSON.parse(text, (name, value: unknown) => {
      if (typeof value === "string" && isSecretName(name)) found.add(value);
      return value;
    });
  } catch {
    // Not JSON, then.
  }
}

function wellFormed(text: string): string {
  return Buffer.from(text, "utf8").toString("utf8");
}
