/**
 * What to answer when Node's parser refuses a request: `clientError` carries a code of llhttp's
 * (`HPE_*`), and the packet that it stopped in.
 */

import { type Rejection, isToken, reject } from "./policy.ts";

/** The error of a server's `clientError` event. */
export interface ParserError {
  readonly code?: string;
  /** llhttp's own words. */
  readonly reason?: string;
  /** Bytes of `rawPacket` that were read before it stopped. */
  readonly bytesParsed?: number;
  /** The last packet only, whatever came before it. */
  readonly rawPacket?: Buffer;
}

/** First byte of a TLS record that holds a handshake, and the major version after it (RFC 8446 §5.1). */
const tlsHandshake = 0x16;
const tlsMajorVersion = 0x03;

const lineFeed = 0x0a;

/** The request line that the parser stopped in, as far as the last packet has it. */
function requestLine(error: ParserError): string {
  const packet = error.rawPacket ?? Buffer.alloc(0);
  const stopped = Math.min(error.bytesParsed ?? 0, packet.length);
  const start = stopped === 0 ? 0 : packet.lastIndexOf(lineFeed, stopped - 1) + 1;
  return packet.toString("latin1", start, start + 64);
}

function judgeMethodError(error: ParserError): Rejection {
  const packet = error.rawPacket;
  if (
    error.bytesParsed === 0 &&
    packet?.[0] === tlsHandshake &&
    (packet[1] ?? tlsMajorVersion) === tlsMajorVersion
  ) {
    return reject(400, "The client began a TLS handshake, but this port speaks plain HTTP: use http://.");
  }
  const line = requestLine(error);
  const space = line.indexOf(" ");
  // A packet may end within the method: what is there of it is no name to quote.
  if (space === -1 && isToken(line)) return reject(501, "The method is not one that this server knows.");
  const method = line.slice(0, space);
  // RFC 9110 §15.6.2: 501 for a method that the server does not know; llhttp's list is fixed.
  // RFC 9112 §3.1: what is no token is no method.
  return space > 0 && isToken(method)
    ? reject(501, `The method '${method}' is not one that this server knows.`)
    : reject(400, "The request line does not begin with a method.");
}

function judgeVersionError(error: ParserError): Rejection {
  const stopped = error.bytesParsed ?? 0;
  const before = error.rawPacket?.toString("latin1", Math.max(0, stopped - 8), stopped + 2) ?? "";
  // RFC 9110 §2.5: DIGIT "." DIGIT; what else stands there is no version. §15.6.6 for the others;
  // HTTP/1.2 could be read as 1.1, but Node's parser has a list of versions.
  const version = /^HTTP\/(\d\.\d)\r\n$/.exec(before)?.[1];
  return version === undefined
    ? reject(400, "The request line does not end with an HTTP version and CRLF.")
    : reject(505, `HTTP/${version} is not spoken on this connection; HTTP/1.0 and HTTP/1.1 are.`);
}

/** The whole head was longer than all limits together, so that Node stopped counting. */
function judgeOverflow(error: ParserError): Rejection {
  const packet = error.rawPacket;
  const firstLineEnds = packet === undefined || packet.subarray(0, error.bytesParsed).includes(lineFeed);
  // Only the last packet is at hand: it tells when it holds the beginning of the request.
  if (!firstLineEnds && /^[!-~]+ [/*h]/i.test(packet.toString("latin1", 0, 64))) {
    return reject(414, "The request line is too long.");
  }
  return reject(431, "The header section is too long.");
}

/** Codes that say enough by themselves; each stands for a rule that llhttp keeps. */
const rejections: Readonly<Record<string, Rejection>> = {
  HPE_INVALID_URL: reject(400, "The request-target has a character that no URL has, or is no target at all."),
  // RFC 9110 §5.1 (names are tokens), §5.5 (no control characters), RFC 9112 §5.1 (no space before
  // the colon), §5.2 (no line folding).
  HPE_INVALID_HEADER_TOKEN: reject(400, "A header field is malformed."),
  // RFC 9112 §2.2: no whitespace between the start line and the first field.
  HPE_UNEXPECTED_SPACE: reject(400, "The request line is followed by whitespace."),
  // RFC 9112 §2.2: a bare CR is not a line end, and this server wants CRLF where a line ends.
  HPE_CR_EXPECTED: reject(400, "A line does not end with CRLF."),
  HPE_LF_EXPECTED: reject(400, "A line has a CR without LF."),
  HPE_STRICT: reject(400, "A line end or a chunk extension is malformed."),
  // RFC 9112 §6.3.
  HPE_UNEXPECTED_CONTENT_LENGTH: reject(
    400,
    "The request has more than one Content-Length, or one beside Transfer-Encoding.",
  ),
  HPE_INVALID_TRANSFER_ENCODING: reject(
    400,
    "Transfer-Encoding does not end with one 'chunked', or has Content-Length beside it.",
  ),
  // RFC 9112 §7.1.
  HPE_INVALID_CHUNK_SIZE: reject(400, "The size of a chunk is malformed."),
  // RFC 9112 §7.1.1 wants a limit on extensions; Node has 16 KiB.
  HPE_CHUNK_EXTENSIONS_OVERFLOW: reject(413, "The chunk extensions are too long."),
  // RFC 9113 §3.4: the preface of HTTP/2.
  HPE_PAUSED_H2_UPGRADE: reject(505, "HTTP/2 is not spoken on this connection; HTTP/1.0 and HTTP/1.1 are."),
  // RFC 9110 §15.5.9.
  ERR_HTTP_REQUEST_TIMEOUT: reject(408, "The request did not arrive in time."),
};

const malformed: Rejection = reject(400, "The request is malformed.");

/**
 * Decides what to answer a `clientError`.
 *
 * @returns null where there is nothing to answer: the client has gone, or it sent more after it had
 * said `Connection: close`, which changes nothing for the requests before.
 */
export function judgeParserError(error: ParserError): Rejection | null {
  const code = error.code ?? "";
  switch (code) {
    case "HPE_INVALID_METHOD":
      return judgeMethodError(error);
    case "HPE_INVALID_VERSION":
    case "HPE_INVALID_CONSTANT":
      return judgeVersionError(error);
    case "HPE_HEADER_OVERFLOW":
      return judgeOverflow(error);
    case "HPE_INVALID_CONTENT_LENGTH":
      // RFC 9110 §8.6: a number too large to count is no syntax error.
      return error.reason?.includes("overflow") === true
        ? reject(413, "Content-Length is larger than any body here.")
        : reject(400, "Content-Length is not a number, or is beside Transfer-Encoding.");
    case "HPE_CLOSED_CONNECTION":
    case "HPE_INVALID_EOF_STATE":
      return null;
    default:
      return rejections[code] ?? (code.startsWith("HPE_") ? malformed : null);
  }
}
