import { splitHost } from "../http/host.ts";
import { fieldValues } from "../http/request-fields.ts";
import type { DebugVisit } from "../http/debug-door.ts";

/**
 * The field that gives a browser its session. It goes to the debugger's routes only, so that the
 * application never sees it; it is nobody else's (SameSite, HttpOnly); and it ends with the browser.
 */
export function setCookieField(visit: DebugVisit, cookie: string): string {
  const secure = visit.scheme === "https" ? "; Secure" : "";
  return `Set-Cookie: ${cookieName(visit)}=${cookie}; Path=/__highball__/; HttpOnly; SameSite=Strict${secure}\r\n`;
}

/** Every value of our cookie that was sent: a page of another port may have set one of the same name (RFC 6265 §8.6). */
export function sessionCookies(visit: DebugVisit): readonly string[] {
  const name = cookieName(visit);
  return fieldValues(visit.rawHeaders, "cookie")
    .flatMap((field) => field.split(";"))
    .flatMap((pair) => {
      const equals = pair.indexOf("=");
      return equals !== -1 && pair.slice(0, equals).trim() === name ? [pair.slice(equals + 1).trim()] : [];
    });
}

/** With the port, as the browser sees it: cookies know none (RFC 6265 §8.5), and several servers may run. */
function cookieName({ host, scheme }: DebugVisit): string {
  const port = host === null ? "" : splitHost(host).port;
  return `highball_debugger_${port === "" ? (scheme === "https" ? "443" : "80") : Number(port)}`;
}
