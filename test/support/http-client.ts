/**
 * An HTTP/1 client that trusts nothing: bytes go out as they are given, and what comes back is taken
 * apart by the letter of RFC 9112, so that a server's sloppy framing is a failed test.
 */
import { connect as connectSocket, type NetConnectOpts, type Socket } from "node:net";

/** The bytes that came break RFC 9112. */
export class FramingError extends Error {}

/** The connection ended in the middle of a response. */
export class Truncated extends Error {
  /** What had come of the body. */
  readonly received: Buffer;

  constructor(message: string, received: Buffer) {
    super(message);
    this.received = received;
  }
}

export interface Head {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  /** Names as they were sent. */
  readonly headers: readonly (readonly [string, string])[];
  /** Values of one header, by its name in lower case. */
  all(name: string): readonly string[];
  /** The only value of a header, or undefined; two are an error. */
  get(name: string): string | undefined;
}

export interface Response extends Head {
  /** 1xx responses that came before. */
  readonly interim: readonly Head[];
  readonly framing: "none" | "length" | "chunked" | "close";
  readonly body: Buffer;
  readonly text: string;
  json(): unknown;
}

export type Address = { readonly host: string; readonly port: number } | { readonly path: string };

/** One connection. */
export class Client {
  readonly socket: Socket;
  /** What has come and was not taken yet; joined only when it is looked at. */
  #blocks: Buffer[] = [];
  #size = 0;
  #ended = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (data: Buffer) => {
      this.#blocks.push(data);
      this.#size += data.length;
      this.#wake?.();
    });
    socket.on("end", () => {
      this.#ended = true;
      this.#wake?.();
    });
    socket.on("error", (error) => {
      this.#error = error;
      this.#ended = true;
      this.#wake?.();
    });
    socket.on("close", () => {
      this.#ended = true;
      this.#wake?.();
    });
  }

  static connect(address: Address): Promise<Client> {
    return new Promise((resolve, reject) => {
      const options: NetConnectOpts = { ...address, allowHalfOpen: true };
      const socket = connectSocket(options);
      const client = new Client(socket);
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve(client);
      });
    });
  }

  /** Sends bytes as they are; a string is latin-1. */
  send(data: string | Buffer): void {
    this.socket.write(typeof data === "string" ? Buffer.from(data, "latin1") : data);
  }

  /** Sends a request with `Host: test`, a line each for `headers`, and `Content-Length` for a body. */
  request(
    method: string,
    target: string,
    options: {
      readonly version?: string;
      readonly headers?: readonly string[];
      readonly body?: string | Buffer;
    } = {},
  ): void {
    const given = options.body ?? "";
    const body = typeof given === "string" ? Buffer.from(given, "latin1") : given;
    const lines = [
      `${method} ${target} HTTP/${options.version ?? "1.1"}`,
      "Host: test",
      ...(options.headers ?? []),
    ];
    if (options.body !== undefined) lines.push(`Content-Length: ${body.length}`);
    this.send(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), body]));
  }

  /** A request and its response. */
  async fetch(
    method: string,
    target: string,
    options: Parameters<Client["request"]>[2] = {},
  ): Promise<Response> {
    this.request(method, target, options);
    return this.response({ method });
  }

  /** The next whole response. @param options `method` of its request, for HEAD has no body */
  async response(options: { readonly method?: string } = {}): Promise<Response> {
    const interim: Head[] = [];
    let head = await this.head();
    while (head.status >= 100 && head.status < 200 && head.status !== 101) {
      interim.push(head);
      // oxlint-disable-next-line no-await-in-loop -- one after the other is how they come
      head = await this.head();
    }
    const [framing, body] = await this.#body(head, options.method ?? "GET");
    return {
      ...head,
      interim,
      framing,
      body,
      get text(): string {
        return body.toString("latin1");
      },
      json: (): unknown => JSON.parse(body.toString()),
    };
  }

  /** Gives what came of the body of a response that breaks off; a whole response is an error. */
  async cut(): Promise<Buffer> {
    try {
      await this.response();
    } catch (error) {
      if (error instanceof Truncated) return error.received;
      throw error;
    }
    throw new FramingError("the response is whole");
  }

  /** The next head, interim or final; the body stays unread. */
  async head(): Promise<Head> {
    const end = await this.#find("\r\n\r\n");
    const text = this.#take(end + 4)
      .toString("latin1")
      .slice(0, -4);
    return parseHead(text);
  }

  /** The next chunk of a chunked body, empty for the last one, whose trailer section must be empty. */
  async chunk(): Promise<Buffer> {
    const end = await this.#find("\r\n");
    const line = this.#take(end + 2)
      .toString("latin1")
      .slice(0, -2);
    // RFC 9112 section 7.1: chunk-size is 1*HEXDIG; this server has no use for chunk extensions.
    if (!/^[0-9A-Fa-f]+$/.test(line)) throw new FramingError(`chunk size ${JSON.stringify(line)}`);
    const size = Number.parseInt(line, 16);
    const data = await this.bytes(size);
    const close = await this.bytes(2);
    if (close.toString("latin1") !== "\r\n")
      throw new FramingError(`a chunk ends with ${JSON.stringify(close)}`);
    return data;
  }

  /** Exactly `count` bytes. */
  async bytes(count: number): Promise<Buffer> {
    await this.#until(() => this.#size >= count, `${count} bytes`);
    return this.#take(count);
  }

  /** Everything up to the end of the connection. */
  async rest(): Promise<Buffer> {
    // oxlint-disable-next-line no-await-in-loop -- waits for one event after the other
    while (!this.#ended) await this.#more();
    if (this.#error !== undefined) throw this.#error;
    return this.#take(this.#size);
  }

  /** Resolves once the server has closed; unread bytes are an error. */
  async closed(): Promise<void> {
    const rest = await this.rest();
    if (rest.length > 0) throw new FramingError(`unexpected ${JSON.stringify(rest.toString("latin1"))}`);
  }

  /** Leaves at once. */
  destroy(): void {
    this.socket.destroy();
  }

  async #body(head: Head, method: string): Promise<[Response["framing"], Buffer]> {
    // RFC 9112 section 6.3, in its order.
    if (method === "HEAD" || head.status === 204 || head.status === 304) return ["none", Buffer.alloc(0)];
    const coding = head.get("transfer-encoding");
    const length = head.get("content-length");
    if (coding !== undefined) {
      if (coding.toLowerCase() !== "chunked") throw new FramingError(`Transfer-Encoding: ${coding}`);
      if (length !== undefined) throw new FramingError("both Transfer-Encoding and Content-Length");
      if (head.version !== "1.1") throw new FramingError(`chunked in HTTP/${head.version}`);
      return ["chunked", await this.#chunks()];
    }
    if (length !== undefined) {
      if (!/^\d+$/.test(length)) throw new FramingError(`Content-Length: ${length}`);
      return ["length", await this.bytes(Number(length))];
    }
    if (head.get("connection")?.toLowerCase() !== "close") {
      throw new FramingError("a body that ends with the connection, without Connection: close");
    }
    return ["close", await this.rest()];
  }

  async #chunks(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for (;;) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- chunks come one after the other
        const chunk = await this.chunk();
        if (chunk.length === 0) return Buffer.concat(chunks);
        chunks.push(chunk);
      } catch (error) {
        if (!(error instanceof Truncated)) throw error;
        throw new Truncated(error.message, Buffer.concat([...chunks, error.received]));
      }
    }
  }

  async #find(mark: string): Promise<number> {
    await this.#until(() => this.#joined().includes(mark), JSON.stringify(mark));
    return this.#joined().indexOf(mark);
  }

  async #until(condition: () => boolean, what: string): Promise<void> {
    while (!condition()) {
      if (this.#ended) {
        if (this.#error !== undefined) throw this.#error;
        throw new Truncated(`the connection ended, still waiting for ${what}`, this.#take(this.#size));
      }
      // oxlint-disable-next-line no-await-in-loop -- waits for one event after the other
      await this.#more();
    }
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = (): void => {
        this.#wake = undefined;
        resolve();
      };
    });
  }

  #joined(): Buffer {
    const joined = this.#blocks.length === 1 ? this.#blocks[0] : undefined;
    if (joined !== undefined) return joined;
    this.#blocks = [Buffer.concat(this.#blocks)];
    return this.#blocks[0] ?? Buffer.alloc(0);
  }

  #take(count: number): Buffer {
    const joined = this.#joined();
    this.#blocks = [joined.subarray(count)];
    this.#size -= count;
    return joined.subarray(0, count);
  }
}

function parseHead(text: string): Head {
  const [statusLine = "", ...lines] = text.split("\r\n");
  // RFC 9112 section 4: the space before an empty reason phrase must be there.
  const status = /^HTTP\/(\d\.\d) (\d{3}) ([\t\x20-\x7e\x80-\xff]*)$/.exec(statusLine);
  if (status === null) throw new FramingError(`status line ${JSON.stringify(statusLine)}`);
  const headers = lines.map((line): readonly [string, string] => {
    // RFC 9110 section 5.1 and 5.5: a token, a colon, and a value without control characters.
    const field =
      /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*((?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?)[ \t]*$/.exec(
        line,
      );
    if (field === null) throw new FramingError(`header line ${JSON.stringify(line)}`);
    return [field[1] ?? "", field[2] ?? ""];
  });
  const all = (name: string): readonly string[] =>
    headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
  return {
    version: status[1] ?? "",
    status: Number(status[2]),
    reason: status[3] ?? "",
    headers,
    all,
    get: (name: string): string | undefined => {
      const values = all(name);
      if (values.length > 1) throw new FramingError(`${values.length} headers ${name}`);
      return values[0];
    },
  };
}
