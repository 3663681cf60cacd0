import { mask } from "./mask.ts";
import { maskBody } from "./mask-body.ts";
import { maskPairs, maskTarget } from "./mask-text.ts";
import { isSecretName } from "./secret-names.ts";

export { maskBody } from "./mask-body.ts";
export { maskTarget } from "./mask-text.ts";

/** A header as it may be shown. */
export function maskHeader(name: string, value: string): string {
  const lower = name.toLowerCase();
  if (lower === "cookie") return maskCookies(value);
  if (lower === "set-cookie")
    return value.replace(/=([^;]*)/, (_whole, cookie: string) => `=${mask(cookie)}`);
  if (lower === "authorization" || lower === "proxy-authorization") return maskCredentials(value);
  if (isSecretName(name)) return mask(value);
  // Referer, Origin, X-Forwarded-Uri, X-Original-URL.
  return /[?]|:\/\//.test(value) ? maskTarget(value) : value;
}

/** A field of a query or of a form as it may be shown. */
export function maskField(name: string, value: string): string {
  return isSecretName(name) ? mask(value) : value;
}

/** A variable of the WSGI environ as it may be shown. */
export function maskVariable(name: string, value: string): string {
  if (name === "QUERY_STRING") return maskPairs(value);
  if (name.startsWith("HTTP_")) return maskHeader(name.slice("HTTP_".length).replaceAll("_", "-"), value);
  if (isSecretName(name)) return mask(value);
  return /[?]|:\/\//.test(value) ? maskTarget(value) : value;
}

/** All of them, as pages take them. */
export const masks: {
  readonly header: (name: string, value: string) => string;
  readonly field: (name: string, value: string) => string;
  readonly variable: (name: string, value: string) => string;
  readonly target: (target: string) => string;
  readonly body: (type: string, text: string) => string;
} = {
  header: maskHeader,
  field: maskField,
  variable: maskVariable,
  target: maskTarget,
  body: maskBody,
};

/** Which cookies there are says much, and what is in them is a session as a rule. */
function maskCookies(value: string): string {
  return value
    .split(";")
    .map((pair) => {
      const equals = pair.indexOf("=");
      return equals === -1 ? maskWhole(pair) : `${pair.slice(0, equals + 1)}${mask(pair.slice(equals + 1))}`;
    })
    .join(";");
}

/** The scheme, and what is behind it masked (RFC 9110 §11.4). */
function maskCredentials(value: string): string {
  const space = value.indexOf(" ");
  return space === -1 ? mask(value) : `${value.slice(0, space + 1)}${mask(value.slice(space + 1))}`;
}

function maskWhole(pair: string): string {
  return pair.replace(/\S.*/s, mask);
}
