import { isKnownHost, type KnownNames } from "../http/known-host.ts";
import { isLoopback } from "../http/loopback.ts";
import { fieldValues } from "../http/request-fields.ts";
import { forbidden, type Refusal } from "./refusal.ts";
import type { DebugVisit } from "../http/debug-door.ts";

/** Whom the debugger answers: the rules, without PIN and token (docs/explanation/debugger-security.md). */
export interface AccessRules {
  /** Hosts that the listeners were given. */
  readonly serverNames: () => readonly string[];
  readonly trustedHost: readonly string[];
  readonly debugRemote: boolean;
}

/** Bytes of a header that a refusal repeats. */
const QUOTED = 100;

/** Why a visitor may not even look; null if it may. */
export function judgeLooking(visit: DebugVisit, rules: AccessRules): Refusal | null {
  return judgeMachine(visit, rules) ?? judgeHost(visit, rules) ?? judgeSite(visit) ?? judgeOrigin(visit);
}

/** Why a visitor may not have anything done, whoever it is; null if that is for its token to say. */
export function judgeDoing(visit: DebugVisit, rules: AccessRules): Refusal | null {
  return judgeLooking(visit, rules) ?? judgeContentType(visit);
}

function judgeMachine(visit: DebugVisit, { debugRemote }: AccessRules): Refusal | null {
  const { isLocal, remoteAddress } = visit;
  if (debugRemote || isLocal) return null;
  const isProxy = remoteAddress === "" || isLoopback(remoteAddress);
  const sender = isProxy ? "a proxy, for another machine" : `"${quoted(remoteAddress)}"`;
  return forbidden(
    `The debugger is for this machine only, and the request came from ${sender}.`,
    "Ask it from the machine that the server runs on, at http://localhost. " +
      "With --debug-remote every machine may look, and whoever has the PIN runs any code as you.",
  );
}

/**
 * Whether a request was sent to a name of ours. Also for the application's own addresses: what went wrong there
 * is nothing for a page whose name was made to lead here.
 */
export function isKnownAt(host: string | null, rules: AccessRules): boolean {
  const names: KnownNames = {
    listeners: rules.serverNames(),
    trusted: rules.trustedHost,
    anyAddress: rules.debugRemote,
  };
  return isKnownHost(host, names);
}

/** DNS rebinding: a name of somebody else's that leads here. */
function judgeHost({ host }: DebugVisit, rules: AccessRules): Refusal | null {
  if (isKnownAt(host, rules)) return null;
  if (host === null) {
    return forbidden("The request says no Host.", "Ask for http://localhost, with the port of the server.");
  }
  return forbidden(
    `"${quoted(host)}" is no name that the debugger is known by.`,
    "Ask for http://localhost, or start the server with --trusted-host and this name if it is yours.",
  );
}

/**
 * Fetch Metadata: what the browser says of the page that asks. `same-site` is another port of this
 * machine, and so somebody else.
 */
function judgeSite({ rawHeaders }: DebugVisit): Refusal | null {
  const site = fieldValues(rawHeaders, "sec-fetch-site").find((value) => !OWN_SITES.has(value.toLowerCase()));
  if (site === undefined) return null;
  return forbidden(
    "A page of another origin asked for it (Sec-Fetch-Site).",
    "Type or paste the address into the browser, or follow the link in the terminal.",
  );
}

const OWN_SITES: ReadonlySet<string> = new Set(["same-origin", "none"]);

/** RFC 6454: of browsers that send no Fetch Metadata, and of every POST. `null` is nobody's. */
function judgeOrigin(visit: DebugVisit): Refusal | null {
  const own = originOf(`${visit.scheme}://${visit.host ?? ""}`);
  const foreign = fieldValues(visit.rawHeaders, "origin").find((origin) => originOf(origin) !== own);
  if (foreign === undefined) return null;
  return forbidden(
    `A page of "${quoted(foreign)}" asked for it, which is another origin (Origin).`,
    "Use the debugger's own pages, or send no Origin from a script.",
  );
}

/** Other types can be sent by any page without being asked (CORS: a simple request). */
function judgeContentType({ rawHeaders }: DebugVisit): Refusal | null {
  const types = fieldValues(rawHeaders, "content-type").map((value) =>
    value.split(";")[0]?.trim().toLowerCase(),
  );
  if (types.length === 1 && types[0] === "application/json") return null;
  return {
    status: 415,
    code: "UNSUPPORTED_MEDIA_TYPE",
    message: "The body of a POST to the debugger is JSON, and says so.",
    hint: "Send the header Content-Type: application/json",
  };
}

/** As browsers write it: lower case, without the port that its scheme has anyway; null if it is none. */
function originOf(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { protocol, host } = new URL(text);
  return protocol === "http:" || protocol === "https:" ? `${protocol}//${host}` : null;
}

function quoted(text: string): string {
  return text.length <= QUOTED ? text : `${text.slice(0, QUOTED)}…`;
}
