/**
 * A second reader of HTTP/1 requests, written from the RFCs with no thought of speed: what a server
 * takes for a request, its body and its end must be what this takes for them.
 */
import { METHODS } from "node:http";
import { isIPv6 } from "node:net";

export interface ReferenceRequest {
  readonly method: string;
  readonly target: string;
  readonly body: string;
  /** The connection ends after it (RFC 9112 §9.3). */
  readonly last: boolean;
  /** What follows it cannot be told from the RFCs alone. */
  readonly unclear: boolean;
}

/** The requests in some bytes, and what follows them. */
export interface Reading {
  readonly requests: readonly ReferenceRequest[];
  /**
   * - `nothing`: no byte but line ends.
   * - `malformed`: something that must be refused.
   * - `unfinished`: the beginning of a request, right or wrong.
   */
  readonly rest: "nothing" | "malformed" | "unfinished";
  /** The server ends the connection. */
  readonly closes: boolean;
}

class Malformed extends Error {}
class Unfinished extends Error {}

function must(condition: boolean): void {
  if (!condition) throw new Malformed();
}

const rtsp = /^(?:DESCRIBE|ANNOUNCE|SETUP|PLAY|PAUSE|TEARDOWN|(?:GET|SET)_PARAMETER|REDIRECT|RECORD|FLUSH)$/;
const methods = METHODS.filter((method) => method !== "CONNECT" && !rtsp.test(method));

/** RFC 9110 §7.2, RFC 3986 §3.2.2: brackets with IPv6 in them, or a name; then a port. */
function isHost(text: string): boolean {
  const [, address, name, port = ""] = /^(?:\[(.*)\]|([^[\]:]+))(?::(\d*))?$/.exec(text) ?? [];
  if (address !== undefined) return isIPv6(address) && !address.includes("%") && Number(port) < 65_536;
  if (name === undefined || Number(port) >= 65_536) return false;
  return /^(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/.test(name);
}

/** RFC 9110 §5.1, §5.5. */
const fieldLine =
  /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[\t ]*((?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)[\t ]*$/;

type Fields = readonly (readonly [name: string, value: string])[];

class Reader {
  readonly #bytes: string;
  #position = 0;

  constructor(bytes: string) {
    this.#bytes = bytes;
  }

  get finished(): boolean {
    // RFC 9112 §2.2: empty lines before a request line are skipped.
    while (/[\r\n]/.test(this.#bytes[this.#position] ?? "")) this.#position += 1;
    return this.#position >= this.#bytes.length;
  }

  /** Up to `end`, which is skipped. */
  #until(end: string): string {
    const index = this.#bytes.indexOf(end, this.#position);
    if (index === -1) throw new Unfinished();
    const text = this.#bytes.slice(this.#position, index);
    this.#position = index + end.length;
    return text;
  }

  #take(length: number): string {
    if (this.#position + length > this.#bytes.length) throw new Unfinished();
    this.#position += length;
    return this.#bytes.slice(this.#position - length, this.#position);
  }

  #fields(lines: readonly string[]): Fields {
    return lines.map((line) => {
      const [, name = "", value = ""] = fieldLine.exec(line) ?? [];
      must(name !== "");
      return [name.toLowerCase(), value] as const;
    });
  }

  /** RFC 9112 §7.1, without the spaces around `;` that §7.1.1 frowns upon. */
  #chunks(): string {
    let body = "";
    for (;;) {
      const line = /^([0-9A-Fa-f]+)(;[^\r\n]*)?$/.exec(this.#until("\r\n"));
      must(line !== null);
      const digits = line?.[1] ?? "";
      must(BigInt(`0x${digits}`) < 2n ** 64n);
      const size = Number.parseInt(digits, 16);
      const extension =
        /^(?:;[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:=(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"(?:[^"\\]|\\.)*"))?)*$/;
      if (!extension.test(line?.[2] ?? "")) throw new Unfinished();
      if (size === 0) break;
      body += this.#take(size);
      must(this.#take(2) === "\r\n");
    }
    const lines: string[] = [];
    for (let line = this.#until("\r\n"); line !== ""; line = this.#until("\r\n")) lines.push(line);
    const forbidden =
      /^(?:authorization|cache-control|connection|content-(?:encoding|length|range|type)|cookie|expect|forwarded|host|if-.*|keep-alive|max-forwards|proxy-.*|range|te|trailer|transfer-encoding|upgrade|x-forwarded-.*)$/;
    for (const [name] of this.#fields(lines)) must(!forbidden.test(name));
    return body;
  }

  #checkTarget(method: string, target: string): void {
    // RFC 9112 §3.2.
    must(!target.includes("#"));
    if (target === "*") {
      must(method === "OPTIONS");
      return;
    }
    const [, authority, path = target] = /^http:\/\/([^/?]*)(.*)$/i.exec(target) ?? [];
    if (authority === undefined) must(target.startsWith("/"));
    else must(isHost(authority));
    must(!/^[^?]*%00/.test(path));
  }

  request(): ReferenceRequest {
    // RFC 9113 §3.4: llhttp waits for the whole preface of HTTP/2 before it refuses it.
    if (this.#bytes.startsWith("PRI * HTTP/2.0\r\n", this.#position)) throw new Unfinished();
    const [requestLine = "", ...lines] = this.#until("\r\n\r\n").split("\r\n");
    // RFC 9112 §3, with the spaces that it lets a recipient accept.
    const [, method = "", target = "", minor = ""] =
      /^([A-Z-]+) +([\x21-\x7e]+) +HTTP\/1\.([01])$/.exec(requestLine) ?? [];
    must(methods.includes(method));
    this.#checkTarget(method, target);
    const fields = this.#fields(lines);
    const all = (name: string): readonly string[] =>
      fields.filter(([candidate]) => candidate === name).map(([, value]) => value);
    const http10 = minor === "0";
    // RFC 9112 §3.2, RFC 9110 §8.3, §10.1.1.
    must(all("host").length === 1 || (http10 && all("host").length === 0));
    must(all("host").every((value) => value === "" || isHost(value)));
    must(all("content-type").length <= 1);
    must(http10 || all("expect").every((value) => value.toLowerCase() === "100-continue"));
    const options = all("connection").flatMap((value) => value.toLowerCase().split(/[\t ]*,[\t ]*/));
    const last = options.includes("close") || (http10 && !options.includes("keep-alive"));
    const unclear =
      // Node drops what comes in one packet behind an upgrade that it does not offer.
      all("upgrade").length > 0 ||
      // llhttp takes a tab at the end for a part of the option.
      lines.some((line) => /^connection:.*\t[\t ]*$/i.test(line));
    // RFC 9112 §6.3.
    const lengths = all("content-length");
    const codings = all("transfer-encoding");
    // Stricter than RFC 9112 §5, which lets a tab end a line: llhttp takes it for a part of the coding.
    must(!lines.some((line) => /^transfer-encoding:.*\t[\t ]*$/i.test(line)));
    if (codings.length > 0) {
      must(!http10 && lengths.length === 0 && codings.join().toLowerCase() === "chunked");
      return { method, target, body: this.#chunks(), last, unclear };
    }
    must(lengths.length <= 1 && /^\d+$/.test(lengths[0] ?? "0"));
    const length = Number(lengths[0] ?? "0");
    // The server's limit, RFC 9110 §15.5.14.
    must(length <= 1024 ** 3);
    return { method, target, body: this.#take(length), last, unclear };
  }
}

function restOf(reader: Reader, requests: ReferenceRequest[]): Reading["rest"] {
  try {
    while (!reader.finished) {
      const request = reader.request();
      requests.push(request);
      if (request.unclear) return "unfinished";
      if (request.last) return "nothing";
    }
    return "nothing";
  } catch (error) {
    if (error instanceof Malformed) return "malformed";
    if (error instanceof Unfinished) return "unfinished";
    throw error;
  }
}

/** Reads as many requests as there are. */
export function readRequests(bytes: string): Reading {
  const requests: ReferenceRequest[] = [];
  const rest = restOf(new Reader(bytes), requests);
  const closes = rest === "malformed" || (rest === "nothing" && requests.at(-1)?.last === true);
  return { requests, rest, closes };
}
