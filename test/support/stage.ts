/**
 * How a test meets the application it has a server run (test/apps/stage.py): the application tells that
 * something happened, or waits for a cue, so that no test needs to sleep.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Listener {
  readonly event: string;
  readonly resolve: () => void;
}

/** The test's end: `path` goes into the application's environment as STAGE. */
export class Stage {
  readonly path: string;
  readonly #folder: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Events that happened and that no test has asked for yet, in order. */
  #events: string[] = [];
  #listeners: Listener[] = [];
  readonly #waiting = new Map<string, Socket[]>();
  /** Cues given before the application came to wait for them. */
  #early: string[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, "stage");
    this.#server = createServer((socket) => this.#meet(socket));
  }

  static async open(): Promise<Stage> {
    const stage = new Stage(await mkdtemp(join(tmpdir(), "highball-stage-")));
    await new Promise<void>((resolve, reject) => {
      stage.#server.once("error", reject);
      stage.#server.listen(stage.path, resolve);
    });
    return stage;
  }

  /** Resolves once the application has told `event` or waits at it; each event is given out once. */
  reached(event: string): Promise<void> {
    const index = this.#events.indexOf(event);
    if (index !== -1) {
      this.#events.splice(index, 1);
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#listeners.push({ event, resolve }));
  }

  /** Whether `event` has happened without being asked for. */
  has(event: string): boolean {
    return this.#events.includes(event);
  }

  /** Lets one application that waits at `event` go on, or the next that will. */
  cue(event: string): void {
    const socket = this.#waiting.get(event)?.shift();
    if (socket === undefined) this.#early.push(event);
    else socket.write("!");
  }

  /** Ends every wait and forgets what happened, so that no test meets the one before it. */
  clear(): void {
    for (const sockets of this.#waiting.values()) for (const socket of sockets) socket.destroy();
    this.#waiting.clear();
    this.#events = [];
    this.#listeners = [];
    this.#early = [];
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.#folder, { recursive: true, force: true });
  }

  #meet(socket: Socket): void {
    let line = "";
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    // A worker that is killed leaves its half of the conversation; that is the point of some tests.
    socket.on("error", () => socket.destroy());
    socket.on("data", (data) => {
      line += data.toString();
      if (!line.endsWith("\n")) return;
      const [verb, event] = splitOnce(line.trimEnd());
      line = "";
      if (verb === "tell") socket.write("!");
      else this.#hold(event, socket);
      this.#happened(event);
    });
  }

  #hold(event: string, socket: Socket): void {
    const index = this.#early.indexOf(event);
    if (index !== -1) {
      this.#early.splice(index, 1);
      socket.write("!");
      return;
    }
    const sockets = this.#waiting.get(event) ?? [];
    sockets.push(socket);
    this.#waiting.set(event, sockets);
  }

  #happened(event: string): void {
    const index = this.#listeners.findIndex((listener) => listener.event === event);
    if (index === -1) this.#events.push(event);
    else this.#listeners.splice(index, 1)[0]?.resolve();
  }
}

function splitOnce(line: string): [string, string] {
  const space = line.indexOf(" ");
  return [line.slice(0, space), line.slice(space + 1)];
}
