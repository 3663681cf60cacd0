/** The request-target (RFC 9112 §3.2): its four forms, and the path as CGI wants it. */

import { validHost } from "./host.ts";

export interface Target {
  readonly ok: true;
  /** Scheme of an absolute-form target, lower case; null for the other forms. */
  readonly scheme: "http" | "https" | null;
  /** Authority of an absolute-form target, which takes the place of Host; null for the others. */
  readonly authority: string | null;
  /** Percent-decoded to bytes, each a character (latin-1); never with NUL. */
  readonly path: string;
  /** As it came, without the `?`. */
  readonly query: string;
}

export interface TargetError {
  readonly ok: false;
  readonly reason: string;
}

function invalid(reason: string): TargetError {
  return { ok: false, reason };
}

/** The value of a hexadecimal digit's character code, or -1. */
function hexadecimal(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/**
 * Percent-decodes to bytes, each given as the character of the same number (latin-1).
 *
 * What is no `%` and two digits stays as it is. UTF-8 is not looked at: the application gets the
 * bytes that the client meant (PEP 3333, "Unicode Issues").
 */
export function decodePath(path: string): string {
  let escape = path.indexOf("%");
  if (escape === -1) return path;
  let decoded = "";
  let rest = 0;
  while (escape !== -1) {
    const high = hexadecimal(path.charCodeAt(escape + 1));
    const low = hexadecimal(path.charCodeAt(escape + 2));
    if (high === -1 || low === -1) {
      escape = path.indexOf("%", escape + 1);
      continue;
    }
    decoded += path.slice(rest, escape) + String.fromCharCode(high * 16 + low);
    rest = escape + 3;
    escape = path.indexOf("%", rest);
  }
  return decoded + path.slice(rest);
}

/** Leading slashes only: `/a//b` may be a path with a URL in it, `//a` is only ever a trap. */
function mergeLeadingSlashes(path: string): string {
  let slashes = 0;
  while (path.charCodeAt(slashes) === 0x2f) slashes += 1;
  return slashes > 1 ? path.slice(slashes - 1) : path;
}

function originForm(
  target: string,
  mergeSlashes: boolean,
  scheme: "http" | "https" | null,
  authority: string | null,
): Target | TargetError {
  // RFC 9112 §3.2.1: a request-target has no fragment; peers differ in what they make of one.
  if (target.includes("#")) return invalid("The request-target has a fragment ('#').");
  const mark = target.indexOf("?");
  let path = decodePath(mark === -1 ? target : target.slice(0, mark));
  // CWE-158: a path that C code below the application would cut short. It would also end a value
  // of the environ block, which is framed by NUL. nginx answers 400 as well.
  if (path.includes("\0")) return invalid("The path has a NUL (%00).");
  // After decoding, so that `/%2Fhost` cannot become a link to another host either.
  if (mergeSlashes && path.charCodeAt(1) === 0x2f) path = mergeLeadingSlashes(path);
  return { ok: true, scheme, authority, path, query: mark === -1 ? "" : target.slice(mark + 1) };
}

function absoluteForm(method: string, target: string, mergeSlashes: boolean): Target | TargetError {
  const colon = target.indexOf("://");
  const scheme = colon === -1 ? "" : target.slice(0, colon).toLowerCase();
  if (scheme !== "http" && scheme !== "https") {
    return invalid("The request-target is neither a path nor an http or https URL.");
  }
  let end = colon + 3;
  while (end < target.length) {
    const code = target.charCodeAt(end);
    if (code === 0x2f || code === 0x3f || code === 0x23) break;
    end += 1;
  }
  const authority = target.slice(colon + 3, end);
  // RFC 9110 §4.2.4: userinfo is to be treated as an error, it is there to deceive.
  if (authority.includes("@")) return invalid("The request-target has user information ('@').");
  // RFC 9110 §4.2.1: an http URL with an empty host must be rejected.
  if (authority === "" || !validHost(authority)) return invalid("The request-target has an invalid host.");
  const rest = target.slice(end);
  if (rest.startsWith("/")) return originForm(rest, mergeSlashes, scheme, authority);
  // RFC 9110 §4.2.3: an empty path is `/`, except for OPTIONS, where it asks about the whole server.
  const path = method === "OPTIONS" && rest === "" ? "" : "/";
  return originForm(path + rest, mergeSlashes, scheme, authority);
}

/**
 * Takes a request-target apart, whatever its form (RFC 9112 §3.2).
 *
 * Authority-form belongs to CONNECT alone, which `policy.ts` has refused before.
 */
export function parseTarget(method: string, target: string, mergeSlashes: boolean): Target | TargetError {
  // No parser lets it through (RFC 3986 §2); the environ block, framed by NUL, must not rely on that.
  if (target.includes("\0")) return invalid("The request-target has a NUL.");
  if (target.charCodeAt(0) === 0x2f) return originForm(target, mergeSlashes, null, null);
  if (target === "*") {
    // RFC 9112 §3.2.4: only OPTIONS. §3.3: the target URI's path is then empty; `*` itself is in
    // REQUEST_URI. PEP 3333 wants PATH_INFO empty or with a slash (wsgiref.validate checks it).
    return method === "OPTIONS"
      ? { ok: true, scheme: null, authority: null, path: "", query: "" }
      : invalid("The request-target '*' is for OPTIONS only.");
  }
  return absoluteForm(method, target, mergeSlashes);
}
