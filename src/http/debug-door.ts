import type { Failure, RequestBody } from "../application.ts";
import type { Audience, GatewayAnswer } from "./error-page.ts";

/**
 * The door between `http/` and the debugger, which `debug/` implements: what it hears of requests, and what it
 * answers. There is none where `--debug` is off, and then a request costs no more than the look whether there is.
 */
export interface DebugDoor {
  /** A request is given to the application. */
  begin(request: TracedRequest): RequestTrace;
  /** The debugger has sent a request that has not come yet: no other has a token. */
  readonly awaitsReplay: boolean;
  /** What a token of `REPLAY_HEADER` stands for, once; null if it is not one of the debugger's. */
  redeem(token: string): ReplayPass | null;
  /** Answers a request below the internal prefix; null for what is not the debugger's. */
  respond(visit: DebugVisit): Promise<GatewayAnswer> | null;
}

/** A request as it goes to the application. */
export interface TracedRequest {
  readonly method: string;
  /** As it was sent: path and query. */
  readonly target: string;
  /** `HTTP/1.1`. */
  readonly protocol: string;
  /** Name, value, name, value, as they came. */
  readonly rawHeaders: readonly string[];
  /** As `ApplicationRequest.environ`. */
  readonly environ: string;
  readonly body: RequestBody;
  readonly remoteAddress: string;
  /** The debugger has sent it; null if a client has. */
  readonly replay: ReplayPass | null;
}

/** What becomes of a request that was given to the application. */
export interface RequestTrace {
  /** As `ApplicationRequest.record`. */
  readonly record: number;
  /**
   * The application has not answered.
   *
   * @param audience null for a client that may only know that something went wrong
   * @returns what the client is told
   */
  failed(failure: Failure, audience: Audience | null): GatewayAnswer;
  /** The response had begun. */
  broke(failure: Failure): void;
  /** It has ended. @param duration milliseconds */
  answered(status: number, duration: number): void;
}

/** A request that the debugger sends again. */
export interface ReplayPass {
  /** Of the record that it repeats. */
  readonly replayOf: number;
  /** It was given to the application. */
  begun(record: number): void;
}

/** A request for something of the debugger's, received whole. */
export interface DebugVisit {
  readonly method: string;
  /** Percent-decoded, without the query. */
  readonly path: string;
  /** Behind the question mark; empty if there is none. */
  readonly query: string;
  /** `http` or `https`, in the eyes of the client. */
  readonly scheme: string;
  /** Host, or the authority of the target; null where there is none. */
  readonly host: string | null;
  /** The connection comes from this machine, and nothing says that the request does not. */
  readonly isLocal: boolean;
  /** Empty over a Unix socket. */
  readonly remoteAddress: string;
  /** Name, value, name, value. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** Bodies up to this are kept: so they wait in memory, whatever `--body-memory` says. */
export const LARGEST_KEPT: number = 1024 * 1024;

/** Largest body of a request for something of the debugger's. */
export const LARGEST_VISIT: number = 1024 * 1024;

/** Tells a request that the debugger has sent from those of clients; nobody behind this door sees it. */
export const REPLAY_HEADER = "X-Highball-Replay";
const REPLAY_NAME: string = REPLAY_HEADER.toLowerCase();

/** Takes the header out of a request, if the debugger knows its token. */
export function takeReplayPass(
  request: { rawHeaders: readonly string[] },
  door: DebugDoor,
): ReplayPass | null {
  if (!door.awaitsReplay) return null;
  const { rawHeaders } = request;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    if (name.toLowerCase() !== REPLAY_NAME) continue;
    const pass = door.redeem(rawHeaders[index + 1] ?? "");
    if (pass !== null) request.rawHeaders = rawHeaders.toSpliced(index, 2);
    return pass;
  }
  return null;
}
