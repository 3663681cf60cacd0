import type { Socket } from "node:net";
import type { Call, Failure, FileRange, Responder } from "../application.ts";
import type { PageFollower } from "./refresh/page-follower.ts";
import { openRange, sendRange } from "./file-response.ts";
import { dateLine, parseResponseHead, type ResponseHead } from "./response-head.ts";

/** The exchange, as far as its response needs it. */
export interface ResponseOwner {
  /** The connection; null once the client has gone. */
  readonly socket: Socket | null;
  readonly call: Call | null;
  /** With --refresh: makes the page follow the code. */
  readonly follower: PageFollower | null;
  readonly isHead: boolean;
  readonly isHttp10: boolean;
  /** May the connection be used for another request? */
  readonly keepAlive: boolean;
  /** The response is on its way; `last`: close the connection after it. */
  responseEnded(last: boolean): void;
  /** The response cannot be finished: the client must see that it was cut. */
  responseCut(message: string | null, reset: boolean): void;
  /** Nothing has been sent: the gateway answers for the application. */
  answerFailure(failure: Failure): void;
  /** The response has begun, and will not be whole. */
  noteFailure(failure: Failure): void;
}

/**
 * Makes HTTP/1 out of what an application says: framing is decided here and nowhere else
 * (RFC 9112 §6, RFC 9110 §6.4.1, §8.6).
 */
export class ResponseWriter implements Responder {
  /** 0 until the head is sent. */
  status = 0;
  /** Bytes of the body given to the connection. */
  bytes = 0;
  /** As the application gave it; for the access log. */
  head = "";
  readonly #owner: ResponseOwner;
  #framing: "none" | "length" | "chunked" | "close" = "none";
  #length = -1;
  #last = false;
  /** What goes out after the application's last byte. */
  #tail: string | null = null;

  constructor(owner: ResponseOwner) {
    this.#owner = owner;
  }

  hint(lines: string): void {
    const { socket, isHttp10 } = this.#owner;
    // RFC 9110 §15.2: no 1xx to a client of HTTP/1.0. RFC 8297 §2 for 103.
    if (socket === null || isHttp10 || this.status !== 0 || lines === "") return;
    if (typeof parseResponseHead(`200 OK\n${lines}`) === "string") return;
    socket.write(`HTTP/1.1 103 Early Hints\r\n${lines.replaceAll("\n", "\r\n")}\r\n\r\n`, "latin1");
  }

  respondWhole(head: string, body: string): void {
    const { socket } = this.#owner;
    if (socket === null) return;
    const text = this.#begin(head, body.length, true);
    if (text === null) return;
    if (this.#framing === "none") {
      socket.write(text, "latin1");
    } else {
      if (this.#length < body.length) body = body.slice(0, this.#length);
      this.bytes = body.length;
      socket.write(text + body, "latin1");
    }
    this.#end();
  }

  respond(head: string, body: Buffer, complete: boolean): void {
    const { socket } = this.#owner;
    if (socket === null) return;
    const text = this.#begin(head, body.length, complete);
    if (text === null) return;
    if (this.#framing === "none") {
      socket.write(text, "latin1");
      if (!complete) this.#owner.call?.cancel(); // nobody will read the rest: free the runner
      this.#end();
      return;
    }
    if (this.#length >= 0 && body.length > this.#length) body = body.subarray(0, this.#length);
    this.bytes = body.length;
    const chunked = this.#framing === "chunked" && body.length > 0;
    const size = chunked ? `${body.length.toString(16)}\r\n` : "";
    this.#write(socket, text + size, body, chunked ? "\r\n" : "", complete);
    if (complete) this.#end();
  }

  send(chunk: Buffer, complete: boolean): void {
    const { socket } = this.#owner;
    if (socket === null || this.#framing === "none") return;
    if (this.#length >= 0 && this.bytes + chunk.length > this.#length) {
      chunk = chunk.subarray(0, this.#length - this.bytes);
    }
    this.bytes += chunk.length;
    if (this.#framing === "chunked") {
      const size = chunk.length > 0 ? `${chunk.length.toString(16)}\r\n` : "";
      const after = (chunk.length > 0 ? "\r\n" : "") + (complete ? this.#lastChunk() : "");
      this.#write(socket, size, chunk, after, complete);
    } else if (chunk.length > 0) {
      this.#write(socket, "", chunk, "", complete);
    }
    if (complete) this.#end();
  }

  async sendFile(range: FileRange): Promise<boolean> {
    const { socket } = this.#owner;
    if (socket === null || this.#framing === "none") return true; // nobody wants it
    const handle = await openRange(range);
    if (handle === null) return false;
    const sent = (bytes: number): void => {
      this.bytes += bytes;
    };
    void sendRange(socket, handle, range, sent).then(
      () => this.#end(),
      (error: Error) =>
        this.#owner.responseCut(`The file of a response cannot be read: ${error.message}`, false),
    );
    return true;
  }

  fail(failure: Failure): void {
    if (this.status === 0) {
      this.#owner.answerFailure(failure);
      return;
    }
    this.#owner.noteFailure(failure);
    const message = failure.kind === "invalid-response" ? failure.message : null;
    this.#owner.responseCut(message, this.#framing === "close");
  }

  /** Reads the head and decides the framing; null if it cannot be sent. */
  #begin(head: string, size: number, complete: boolean): string | null {
    const parsed = parseResponseHead(head);
    if (typeof parsed === "string") {
      if (!complete) this.#owner.call?.cancel();
      this.#owner.answerFailure({ kind: "invalid-response", message: parsed });
      return null;
    }
    this.head = head;
    this.status = parsed.status;
    return this.#frame(parsed, size, complete);
  }

  /** Decides the framing, and returns the head as it goes out. */
  #frame(head: ResponseHead, size: number, complete: boolean): string {
    const { isHead, isHttp10, keepAlive } = this.#owner;
    // RFC 9110 §15.3.6: 205 has no content, and says so like any other response without.
    let length = head.status === 205 ? 0 : head.contentLength;
    const bodyless = isHead || head.bodyless;
    // A body that is there as a whole needs no announcement by the application. To HEAD an empty
    // one says nothing about what GET would give (RFC 9110 §9.3.2).
    if (length < 0 && complete && !head.bodyless && (size > 0 || !isHead)) length = size;
    let { lines } = head;
    let added = 0;
    if (this.#owner.follower !== null && !bodyless && length !== 0) {
      const addition = this.#owner.follower.addTo(head);
      if (addition !== null) {
        ({ lines } = addition);
        this.#tail = addition.element;
        added = addition.element.length;
      }
    }
    let text = head.dated ? lines : lines + dateLine();
    // RFC 9110 §8.6: no Content-Length with 204.
    if (length >= 0 && head.status !== 204) text += `Content-Length: ${length + added}\r\n`;
    this.#last = !keepAlive || head.close;
    if (bodyless) {
      this.#framing = "none";
    } else if (length >= 0) {
      this.#framing = "length";
      this.#length = length;
    } else if (isHttp10) {
      // RFC 9112 §6.3 rule 8: HTTP/1.0 knows the end of such a body by the end of the connection.
      this.#framing = "close";
      this.#last = true;
    } else {
      this.#framing = "chunked";
      text += "Transfer-Encoding: chunked\r\n";
    }
    // RFC 9112 §9.3: persistence is HTTP/1.1's default and must be said in HTTP/1.0.
    if (this.#last) text += "Connection: close\r\n\r\n";
    else text += isHttp10 ? "Connection: keep-alive\r\n\r\n" : "\r\n";
    return text;
  }

  #write(socket: Socket, before: string, body: Buffer, after: string, complete: boolean): void {
    socket.cork();
    if (before !== "") socket.write(before, "latin1");
    if (body.length > 0) {
      const size = body.length;
      // The client has taken it: the worker may send as much again.
      if (complete) socket.write(body);
      else socket.write(body, () => this.#owner.call?.consumed(size));
    }
    if (after !== "") socket.write(after, "latin1");
    socket.uncork();
  }

  #lastChunk(): string {
    if (this.#tail === null) return "0\r\n\r\n";
    const tail = this.#takeTail();
    return `${tail.length.toString(16)}\r\n${tail}\r\n0\r\n\r\n`;
  }

  #takeTail(): string {
    const tail = this.#tail ?? "";
    this.#tail = null;
    this.bytes += tail.length;
    return tail;
  }

  #end(): void {
    if (this.#framing === "length" && this.bytes < this.#length) {
      const message = `The application sent ${this.bytes} bytes after it had announced ${this.#length}: the connection was closed.`;
      this.#owner.responseCut(message, false);
    } else {
      // That of a chunked body has gone out as a chunk before the last one.
      if (this.#tail !== null && this.#framing !== "chunked")
        this.#owner.socket?.write(this.#takeTail(), "latin1");
      this.#owner.responseEnded(this.#last);
    }
  }
}
