/** A request of the gateway's, as the debugger is told of it. */
import type { RequestBody } from "../application.ts";
import type { Log } from "../log.ts";
import type { DebugDoor, DebugVisit, ReplayPass, RequestTrace } from "./debug-door.ts";
import type { GatewayAnswer } from "./error-page.ts";
import type { GatewayRequest } from "./messages.ts";
import { namesOtherMachine } from "./other-machine.ts";
import type { Accepted } from "./policy.ts";

const NO_BODY: Buffer = Buffer.alloc(0);

/** What the policy has accepted, and the body that came with it. */
export interface Received {
  readonly request: GatewayRequest;
  readonly verdict: Accepted;
  readonly body: RequestBody;
}

/** Tells that a request goes to the application. */
export function beginTrace(
  debug: DebugDoor,
  { request, verdict, body }: Received,
  environ: string,
  replay: ReplayPass | null,
): RequestTrace {
  const { method, url, rawHeaders, httpVersionMinor } = request;
  // The policy lets no other version through.
  const protocol = httpVersionMinor === 0 ? "HTTP/1.0" : "HTTP/1.1";
  const { remoteAddress } = verdict.origin;
  return debug.begin({ method, target: url, protocol, rawHeaders, environ, body, remoteAddress, replay });
}

/**
 * A request for something of the debugger's own.
 *
 * @param isLocal the connection comes from this machine, and no trusted proxy says that the request does not
 */
export function visitOf({ request, verdict, body }: Received, isLocal: boolean): DebugVisit {
  const { target, host, origin } = verdict;
  return {
    method: request.method,
    path: target.path,
    query: target.query,
    scheme: origin.scheme,
    host,
    isLocal: isLocal && !namesOtherMachine(request.rawHeaders),
    remoteAddress: origin.remoteAddress,
    rawHeaders: request.rawHeaders,
    body: Buffer.isBuffer(body) ? body : NO_BODY,
  };
}

/** What the debugger answers; a fault of its own becomes 500 and a line in the log. */
export async function answerOf(
  visit: DebugVisit,
  answer: Promise<GatewayAnswer>,
  log: Log,
): Promise<GatewayAnswer> {
  try {
    const given = await answer;
    // Pages ask for much of it by themselves; what is refused is worth a line.
    return given.status < 300 ? { ...given, isRoutine: true } : given;
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log.error(`The debugger failed at ${visit.method} ${visit.path}: ${reason}`);
    return { status: 500, reason: "The debugger failed; the log of the server says how." };
  }
}
