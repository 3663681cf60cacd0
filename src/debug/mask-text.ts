import { mask } from "./mask.ts";
import { isSecretName } from "./secret-names.ts";

/** Pairs of a query or of a form (WHATWG URL §5.1); names and values that are no secrets stay as they were sent. */
export function maskPairs(text: string): string {
  return text.replaceAll(/[^&;]+/g, (pair) => {
    const equals = pair.indexOf("=");
    if (equals === -1) return pair;
    const name = pair.slice(0, equals);
    return isSecretName(decoded(name)) ? `${name}=${maskEncoded(pair.slice(equals + 1))}` : pair;
  });
}

/** A path with a query, or a whole URL: a password before the host, and fields in the query and the fragment. */
export function maskTarget(target: string): string {
  const question = target.search(/[?#]/);
  const path = question === -1 ? target : target.slice(0, question);
  const rest = question === -1 ? "" : target.slice(question);
  return path.replace(CREDENTIALS, maskUser) + rest.replaceAll(/[^?#]+/g, maskPairs);
}

const CREDENTIALS = /^([a-z][a-z\d+.-]{0,30}:\/\/)([^/@]+)@/i;

/** RFC 3986 §3.2.1. A name without a password is a token as a rule. */
function maskUser(_whole: string, scheme: string, user: string): string {
  const colon = user.indexOf(":");
  return colon === -1
    ? `${scheme}${mask(user)}@`
    : `${scheme}${user.slice(0, colon + 1)}${mask(user.slice(colon + 1))}@`;
}

/** Text that is neither a form nor JSON: what stands behind a telling name and a colon or an equals sign. */
export function maskLoosely(text: string): string {
  return text.replaceAll(LOOSE, (whole: string, before: string, name: string, value: string) => {
    if (!isSecretName(name)) return whole;
    const quote = /^["']/.exec(value)?.[0] ?? "";
    const bare = quote === "" ? value : value.slice(1).replace(new RegExp(`${quote}$`), "");
    return `${before}${quote}${mask(bare)}${quote}`;
  });
}

/** Starts at the beginning of a word only, so that it takes no more than one look at each. */
const LOOSE =
  /((?<![\w.-])([\w.-]{1,100})["']?\s{0,20}(?:[:=>]|=>)\s{0,20})("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|(?:(?:basic|bearer|digest|token) )?[^\s"',;&<>{}[\]]+)/gi;

function maskEncoded(value: string): string {
  return mask(decoded(value));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
