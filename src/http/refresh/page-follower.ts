import type { ResponseHead } from "../response-head.ts";
import { fieldValues } from "../request-fields.ts";
import { EVENTS_PATH, SCRIPT_PATH, SCRIPT_VERSION } from "./client-script.ts";
import { nonceFor } from "./content-security-policy.ts";

/** What is added to a response so that its page follows the code. */
export interface Addition {
  /** Goes after the last byte of the body: HTML has a place for it even after `</html>`. ASCII. */
  readonly element: string;
  /** As `ResponseHead.lines`, in keeping with a body that is longer. */
  readonly lines: string;
}

/** Fields that name these very bytes: they would be wrong with any added. */
const NAMES_BYTES: ReadonlySet<string> = new Set([
  "content-md5",
  "content-digest",
  "digest",
  "repr-digest",
  "content-range",
]);

/**
 * Whether a request is for a document that a browser will show: not for a part of one, which a script
 * fetches and puts somewhere (Fetch Metadata; older browsers and libraries have headers of their own).
 */
export function isForDocument(method: string, rawHeaders: readonly string[]): boolean {
  // To load the answer of a POST again would send its form again.
  if (method !== "GET") return false;
  const [destination] = fieldValues(rawHeaders, "sec-fetch-dest");
  if (destination !== undefined) return /^(?:document|i?frame)$/.test(destination);
  return ["x-requested-with", "hx-request"].every((name) => fieldValues(rawHeaders, name).length === 0);
}

/** Makes the page that answers one request follow the code. */
export class PageFollower {
  readonly #version: string;
  readonly #origin: string;

  /**
   * @param version of the code, when the application was asked
   * @param origin scheme, host and port of the page, as the browser has them
   */
  constructor(version: string, origin: string) {
    this.#version = version;
    this.#origin = origin;
  }

  /** Says what to add to a response that has a body; null for nothing. */
  addTo({ status, lines }: ResponseHead): Addition | null {
    // 206 is a part, and where a redirect leads to has a script of its own.
    if (status === 205 || status === 206 || (status >= 300 && status < 400)) return null;
    const fields = lines.slice(lines.indexOf("\r\n") + 2).split("\r\n");
    let types = 0;
    let longer = lines;
    const policies: string[] = [];
    for (const field of fields) {
      const colon = field.indexOf(":");
      const name = field.slice(0, Math.max(0, colon)).toLowerCase();
      const value = field.slice(colon + 1).trim();
      if (name === "content-type") types += isHtml(value) ? 1 : 2;
      else if (name === "content-security-policy") policies.push(value);
      else if (name === "etag") longer = longer.replace(`\r\n${field}\r\n`, `\r\n${weakened(field)}\r\n`);
      else if (forbids(name, value.toLowerCase())) return null;
    }
    if (types !== 1) return null;
    const nonce = nonceFor(policies, { origin: this.#origin, script: SCRIPT_PATH, events: EVENTS_PATH });
    if (nonce === null) return null;
    return { element: scriptElement(this.#version, nonce), lines: longer };
  }
}

/** HTML in an encoding in which the element is what it looks like. */
function isHtml(type: string): boolean {
  return /^text\/html[\t ]*(?:;|$)/i.test(type) && !/charset[\t ]*=[\t "]*utf-?(?:16|32)/i.test(type);
}

function forbids(name: string, value: string): boolean {
  switch (name) {
    case "content-encoding":
      return value !== "identity" && value !== "";
    case "content-disposition":
      return value.startsWith("attachment"); // a file, and not a page
    case "cache-control":
      return /(?:^|[\t ,])no-transform(?:[\t ,]|$)/.test(value); // RFC 9111 §5.2.2.6
    default:
      return NAMES_BYTES.has(name);
  }
}

/**
 * RFC 9110 §8.8.1: a strong validator changes with every byte. A weak one still does what a browser
 * wants of it, since If-None-Match compares weakly (§13.1.2).
 */
function weakened(field: string): string {
  return field.replace(/:[\t ]*"/, ': W/"');
}

function scriptElement(version: string, nonce: string): string {
  const attribute = nonce === "" ? "" : ` nonce="${nonce}"`;
  return `<script src="${SCRIPT_PATH}?v=${SCRIPT_VERSION}" data-version="${version}"${attribute} defer></script>`;
}
