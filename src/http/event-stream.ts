import type { Socket } from "node:net";
import { dateLine } from "./response-head.ts";

/** Bytes that may wait for a client; one that does not read is given up, and connects again. */
const UNREAD = 64 * 1024;

/**
 * One `text/event-stream` (WHATWG HTML §9.2) on a connection that carries nothing after it: it ends
 * when the connection does, so that it needs no framing.
 */
export class EventStream {
  readonly #socket: Socket;

  /**
   * Sends the head.
   *
   * @param retry milliseconds after which a client is to connect again
   * @param closed called once when the client has gone, or `end` was called
   */
  constructor(socket: Socket, retry: number, closed: () => void) {
    this.#socket = socket;
    socket.once("close", closed);
    const head =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n" +
      // Neither a browser may guess another type, nor a proxy collect what is meant for now.
      "X-Content-Type-Options: nosniff\r\nX-Accel-Buffering: no\r\n" +
      `Server: highball\r\n${dateLine()}Connection: close\r\n\r\n`;
    this.#write(`${head}retry: ${retry}\n\n`);
  }

  /** @param event a token; `data` goes out as JSON, which has no line ends */
  send(event: string, data: Readonly<Record<string, string | number>>): void {
    this.#write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** A line that says nothing: keeps proxies from ending the connection, and finds out that it has ended. */
  keepAlive(): void {
    this.#write(":\n\n");
  }

  /** At once: whoever listened connects again, and misses nothing. */
  end(): void {
    this.#socket.destroy();
  }

  #write(text: string): void {
    if (this.#socket.writableLength > UNREAD) this.#socket.destroy();
    else this.#socket.write(text);
  }
}
