import type { Socket } from "node:net";
import type { AssetRole, CodeNews, CodeState } from "../../code-state.ts";
import { EventStream } from "../event-stream.ts";

/** Milliseconds between two signs of life on an event stream. */
const KEEP_ALIVE = 15_000;
/** Milliseconds after which a client connects again. */
const RETRY = 250;
/** Milliseconds in which changes of files are one: editors empty a file before they fill it. */
const TOGETHER = 30;

/** Tells whoever listens what becomes of the code: costs nothing while nobody does. */
export class CodeEvents {
  readonly #code: CodeState;
  readonly #streams: Set<EventStream> = new Set();
  #unsubscribe: (() => void) | null = null;
  #keepAlive: NodeJS.Timeout | null = null;
  /** Changes of files that have not been told, and the version that they have come to. */
  readonly #changed: Set<AssetRole> = new Set();
  #version = "";
  #flush: NodeJS.Timeout | null = null;

  constructor(code: CodeState) {
    this.#code = code;
  }

  /** Streams that are open. */
  get listening(): number {
    return this.#streams.size;
  }

  /** Begins a stream on a connection that carries nothing after it; the first event is the state as it is. */
  open(socket: Socket): void {
    // What waits is older than this state, and would be taken for news by who hears it first.
    this.#tellChanged();
    const stream = new EventStream(socket, RETRY, () => this.#left(stream));
    this.#streams.add(stream);
    const { status, version } = this.#code;
    stream.send("state", { version, status });
    this.#unsubscribe ??= this.#code.subscribe((news) => this.#hear(news));
    this.#keepAlive ??= setInterval(() => {
      for (const each of this.#streams) each.keepAlive();
    }, KEEP_ALIVE).unref();
  }

  /** Tells of an error that the debugger keeps. @param place as `ErrorRecord.place` */
  tellError(error: { readonly id: number; readonly title: string; readonly place: string }): void {
    const { id, title, place } = error;
    for (const stream of this.#streams) stream.send("error", { id, title, place });
  }

  /** Ends all streams. */
  close(): void {
    for (const stream of this.#streams) stream.end();
  }

  #hear(news: CodeNews): void {
    const { version } = news;
    if (news.kind === "asset") {
      this.#changed.add(news.role);
      this.#version = version;
      this.#flush ??= setTimeout(() => this.#tellChanged(), TOGETHER).unref();
      return;
    }
    this.#tellChanged();
    for (const stream of this.#streams) stream.send("state", { version, status: news.status });
  }

  #tellChanged(): void {
    if (this.#flush !== null) clearTimeout(this.#flush);
    this.#flush = null;
    for (const role of this.#changed) {
      for (const stream of this.#streams) stream.send("asset", { role, version: this.#version });
    }
    this.#changed.clear();
  }

  #left(stream: EventStream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    this.#unsubscribe?.();
    this.#unsubscribe = null;
    if (this.#keepAlive !== null) clearInterval(this.#keepAlive);
    this.#keepAlive = null;
    this.#tellChanged();
  }
}
