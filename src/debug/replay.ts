import { randomBytes } from "node:crypto";
import { request as httpRequest, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { REPLAY_HEADER, type ReplayPass } from "../http/debug-door.ts";
import { fieldValues } from "../http/request-fields.ts";
import { AnswerReader } from "./answer-reader.ts";
import type { AnswerEnd } from "./replay-answer.ts";
import type { RequestRecord } from "./request-record.ts";
import type { Replayed } from "./sources.ts";

/** Milliseconds that the rest of a response gets once its head has come: events never end. */
const REST = 5_000;
/** Milliseconds that the application gets to answer. */
const PATIENCE = 120_000;

/** A request that could not be sent again; the message says why, for the developer. */
export class ReplayError extends Error {}

/** What has come of a request that was sent again; where its answer broke off an error is about to be told. */
export type Resent = Omit<Replayed, "error">;

interface Outcome {
  readonly response: IncomingMessage;
  readonly reader: AnswerReader;
  readonly end: AnswerEnd;
}

/** Where the gateway listens: what `net.Server.address()` has. */
export type ReplayAddress = AddressInfo | string;

/** Of the connection, or made anew (RFC 9110 §7.6.1). */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * Sends kept requests again, as a client would: so they go the way of every request, and wait for the code
 * that is being loaded like any other.
 */
export class Replay {
  readonly #address: () => ReplayAddress | null;
  readonly #open: Map<string, ReplayPass> = new Map();

  /** @param address null while nothing listens */
  constructor(address: () => ReplayAddress | null) {
    this.#address = address;
  }

  /** As `DebugDoor.awaitsReplay`. */
  get isAwaited(): boolean {
    return this.#open.size > 0;
  }

  /** As `DebugDoor.redeem`. */
  redeem(token: string): ReplayPass | null {
    const pass = this.#open.get(token) ?? null;
    this.#open.delete(token);
    return pass;
  }

  /** @throws ReplayError when there is nothing to send, nobody to send it to, or no answer of the application's */
  async send(record: RequestRecord): Promise<Resent> {
    const address = this.#address();
    if (address === null) throw new ReplayError("The server does not listen any more.");
    if (record.body === null) {
      throw new ReplayError(
        `The body of request ${record.id} was not kept: it has ${record.bodySize} bytes, and 1 MiB at most is.`,
      );
    }
    const token = randomBytes(24).toString("base64url");
    const begun: number[] = [];
    this.#open.set(token, { replayOf: record.id, begun: (id) => void begun.push(id) });
    const started = performance.now();
    try {
      const { response, reader, end } = await exchange(address, record, record.body, token);
      const duration = performance.now() - started;
      const status = response.statusCode ?? 0;
      const [request] = begun;
      if (request === undefined) {
        throw new ReplayError(`The gateway itself answered ${status}: the application was not asked.`);
      }
      return { request, status, duration, answer: await reader.finish(response, end) };
    } finally {
      this.#open.delete(token);
    }
  }
}

/** Resolves once the response has come, or has gone on for long. */
function exchange(
  address: ReplayAddress,
  record: RequestRecord,
  body: Buffer,
  token: string,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void =>
      reject(new ReplayError(`The request could not be sent again: ${error.message}`));
    const hear = (response: IncomingMessage): void => {
      const reader = new AnswerReader();
      let isLong = false;
      const finish = (): void => {
        clearTimeout(timer);
        const end = response.complete ? "whole" : isLong ? "unfinished" : "broken";
        resolve({ response, reader, end });
      };
      const timer = setTimeout(() => {
        isLong = true;
        response.destroy();
      }, REST);
      // Cut off, as when the application raises in the middle, is an end too.
      response.on("error", finish).on("close", finish);
      response.on("data", (chunk: Buffer) => reader.take(chunk));
    };
    try {
      const request = httpRequest({
        ...target(address),
        method: record.method,
        path: record.target,
        headers: headersOf(record, body, token),
        setHost: false,
        agent: false,
        timeout: PATIENCE,
      });
      request.on("response", hear).on("error", fail);
      request.on("timeout", () => {
        request.destroy(new Error(`there was no answer within ${PATIENCE / 1000} s`));
      });
      request.end(body);
    } catch (error) {
      fail(error as Error); // Node's own rules for what a client may send
    }
  });
}

function target(address: ReplayAddress): { readonly socketPath: string } | { host: string; port: number } {
  if (typeof address === "string") return { socketPath: address };
  const { address: host, port } = address;
  if (host === "0.0.0.0") return { host: "127.0.0.1", port };
  return { host: host === "::" ? "::1" : host, port };
}

/** Name, value, name, value, as Node's client takes them. */
function headersOf({ headers, protocol }: RequestRecord, body: Buffer, token: string): readonly string[] {
  const raw = headers.flat();
  const named = fieldValues(raw, "connection").flatMap((value) => value.toLowerCase().split(/[\s,]+/));
  const ofConnection = new Set([...HOP_BY_HOP, ...named]);
  const sent = headers.filter(([name]) => !ofConnection.has(name.toLowerCase())).flat();
  // Only HTTP/1.0 does without, and this goes out as HTTP/1.1.
  if (protocol === "HTTP/1.0" && fieldValues(raw, "host").length === 0) sent.push("Host", "localhost");
  const hadBody = ["content-length", "transfer-encoding"].some((name) => fieldValues(raw, name).length > 0);
  if (hadBody || body.length > 0) sent.push("Content-Length", String(body.length));
  sent.push("Connection", "close", REPLAY_HEADER, token);
  return sent;
}
