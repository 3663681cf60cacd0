import type { Log } from "./log.ts";
import { Debugger } from "./debug/debugger.ts";
import type { OwnPages } from "./debug/own-pages.ts";
import { formatPin } from "./debug/pin.ts";
import type { ReplayAddress } from "./debug/replay.ts";
import { reportErrors } from "./debug/report-errors.ts";
import { errorShower, type ErrorShower } from "./debug/show-error.ts";
import { writeServerFile } from "./debug/server-file.ts";
import { showsErrors } from "./debug/shows-errors.ts";
import { createMessageLog, type MessageLog } from "./log/message-log.ts";
import { createAccessLog, type AccessLog } from "./http/access-log.ts";
import { FixedCode } from "./fixed-code.ts";
import { Gateway } from "./http/gateway.ts";
import { describeUrls, openListeners, type LabelledUrl, type Listener } from "./http/listeners.ts";
import type { Prompts } from "./prompts.ts";
import { ReloadingCode, type SettingsFiles } from "./reloading-code.ts";
import type { LoadedApplication, ServedCode } from "./served-code.ts";
import { parseAddress } from "./settings/address.ts";
import type { Settings } from "./settings/settings.ts";
import type { WorkerProcess } from "./worker/process.ts";

/** How somebody who sees the terminal unlocks the debugger. Neither belongs in a log. */
export interface Unlocking {
  /** `123-456-789`. */
  readonly pin: string;
  /** Unlocks the browser that it is opened in; another one every time it is asked for. */
  readonly link: string | null;
}

/** A server that is up. */
export interface Server {
  /** The first address, as a link. */
  readonly url: string;
  /** Every address, as a link. */
  readonly urls: readonly LabelledUrl[];
  /** Port of the first TCP listener; 0 if there is none. */
  readonly port: number;
  /** Name and version of the interpreter, for example `Python 3.11.7`. */
  readonly python: string;
  /** The application as it was found, for example `myproject:app`. */
  readonly application: string;
  /** Requests that are being answered now. */
  readonly inFlight: number;
  /** Where the server's own messages go. */
  readonly log: Log;
  /** Process ids of the workers. */
  readonly workerPids: readonly number[];
  /** Whether an application waits for what is typed in the terminal. */
  readonly prompts: Prompts;
  /** What is kept of errors and requests; null without `debug`. */
  readonly debugger: Debugger | null;
  /** What unlocks the debugger in a browser; null without `debug`, and where nothing has to. */
  readonly unlocking: Unlocking | null;
  /** Loads the application again: the next requests meet the new code as soon as it is ready. */
  reload(): void;
  /** Stops accepting, finishes what is in flight within `gracefulTimeout`, ends the workers. */
  close(): Promise<void>;
  /** Ends everything at once. */
  kill(): void;
  /** Resolves to the exit code once everything has ended. */
  readonly finished: Promise<number>;
}

/**
 * Starts a server: the one place that knows both sides, `http/` and `worker/`.
 *
 * @param started the first worker, if it runs already (`startFirstWorker`)
 * @param files where the settings came from, if they shall be read again when those change
 * @throws HighballError when it cannot listen, or the application cannot be loaded
 */
export async function serve(
  settings: Settings,
  started: WorkerProcess | null = null,
  files: SettingsFiles | null = null,
): Promise<Server> {
  const running = new RunningServer(settings, files);
  await running.start(started);
  return running;
}

class RunningServer implements Server {
  readonly finished: Promise<number>;
  readonly #settings: Settings;
  readonly log: MessageLog;
  readonly #accessLog: AccessLog | null;
  readonly debugger: Debugger | null;
  readonly #code: ServedCode;
  readonly #gateway: Gateway;
  #pages: OwnPages | null = null;
  #shower: ErrorShower | null = null;
  #removeServerFile: () => void = () => {};
  #listeners: readonly Listener[] = [];
  #ready: LoadedApplication = { application: "", python: "" };
  #finish: (code: number) => void = () => {};
  #closing: Promise<void> | null = null;
  #killed = false;

  constructor(settings: Settings, files: SettingsFiles | null) {
    this.#settings = settings;
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
    const { accessLogfile, accessLogformat, errorLogfile, logLevel, mode } = settings;
    this.log = createMessageLog({ level: logLevel, output: errorLogfile, mode });
    this.#accessLog =
      accessLogfile === null
        ? null
        : createAccessLog({ format: accessLogformat, output: accessLogfile, log: this.log });
    this.debugger = settings.debug ? this.#makeDebugger(settings) : null;
    this.#code = settings.reload
      ? new ReloadingCode(settings, files ?? unchanging(settings), this.log, this.debugger)
      : new FixedCode(settings, this.log, this.debugger);
    this.#gateway = new Gateway(
      settings,
      this.#code.application,
      this.log,
      this.#accessLog,
      this.#code.state,
      this.debugger,
    );
  }

  #makeDebugger(settings: Settings): Debugger {
    const made = new Debugger({
      version: () => this.#code.state?.version ?? "",
      address: () => boundAddress(this.#listeners[0]),
      passesErrors: settings.passthroughErrors,
      showsErrors: showsErrors(settings),
    });
    made.errors.subscribe((record) => this.#gateway.internalRoutes?.events.tellError(record));
    const { chdir: folder, editor } = settings;
    const project = { folder, editor, environment: process.env };
    if (showsErrors(settings)) this.#shower = errorShower(project, (text) => this.log.show(text));
    reportErrors(made.errors, this.log, () => this.url, this.#shower);
    return made;
  }

  /** What makes pages is large, and what runs in production does without it. */
  async #openPages(made: Debugger): Promise<void> {
    const { OwnPages: Pages } = await import("./debug/own-pages.ts");
    const server = {
      version: () => this.#code.state?.version ?? "",
      serverNames: () => this.#gateway.serverNames,
      console: () => this.#code.debuggee,
    };
    this.#pages = new Pages(this.#settings, made, server, this.log);
    made.open(this.#pages);
  }

  /** Tells commands and scripts of the same user where this server is. */
  #writeServerFile({ lock }: OwnPages): void {
    const { url } = this;
    const file = { url, token: lock.scriptToken, pid: process.pid, startedAt: Date.now() };
    try {
      this.#removeServerFile = writeServerFile(this.#settings.chdir, file);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.log.warning(`"highball errors" and the like will not find this server: ${reason}`);
    }
  }

  async start(started: WorkerProcess | null): Promise<void> {
    const { bind, backlog, socketMode, portFallback } = this.#settings;
    const options = { backlog, socketMode, portFallback, log: this.log };
    const opening = openListeners(bind.map(parseAddress), options, () => this.#gateway.makeServer());
    const listening = opening.then((listeners) => {
      this.#listeners = listeners;
      this.#gateway.listening(listeners);
      if (this.#killed) this.#gateway.close();
    });
    try {
      // The workers load while the port opens; requests that come meanwhile wait for them.
      const pages = this.debugger === null ? null : this.#openPages(this.debugger);
      const [ready] = await Promise.all([this.#code.start(started), listening, pages]);
      this.#ready = ready;
      // What is said next refers to it.
      await this.#shower?.shown();
      if (this.#pages !== null) this.#writeServerFile(this.#pages);
    } catch (error) {
      this.kill();
      throw error;
    }
  }

  get urls(): readonly LabelledUrl[] {
    return describeUrls(this.#listeners);
  }

  get url(): string {
    return this.urls[0]?.url ?? "";
  }

  get port(): number {
    for (const { address } of this.#listeners) if (address.kind === "tcp") return address.port;
    return 0;
  }

  get python(): string {
    return this.#ready.python;
  }

  get application(): string {
    return this.#ready.application;
  }

  get inFlight(): number {
    return this.#gateway.inFlight;
  }

  get workerPids(): readonly number[] {
    return this.#code.pids;
  }

  get prompts(): Prompts {
    return this.#code.prompts;
  }

  get unlocking(): Unlocking | null {
    const lock = this.#pages?.lock;
    if (lock?.pin.kind !== "on") return null;
    const link = this.url.startsWith("http") ? lock.unlockLink(this.url) : null;
    return { pin: formatPin(lock.pin.digits), link };
  }

  reload(): void {
    this.#code.reload();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  kill(): void {
    this.#killed = true;
    this.#removeServerFile();
    this.#code.kill();
    this.#gateway.close();
    this.#finish(1);
  }

  async #close(): Promise<void> {
    // A request that waits at a debugger's prompt would wait for somebody who wants to leave.
    const prompted = this.prompts.open;
    const grace = prompted ? 0 : this.#settings.gracefulTimeout * 1000;
    this.#code.freeze();
    this.#removeServerFile();
    const timer = setTimeout(() => {
      const cut = `${this.#gateway.inFlight} requests did not finish within ${grace / 1000} s: cut.`;
      if (!prompted) this.log.warning(cut);
      this.#code.failWaiting();
      this.#gateway.close();
    }, grace);
    await this.#gateway.drain();
    clearTimeout(timer);
    this.#gateway.close();
    await this.#code.stop();
    await this.#accessLog?.close();
    await this.log.close();
    this.#finish(0);
  }
}

/** Where clients reach a listener; of a Unix socket the server itself knows only the name that it was bound under. */
function boundAddress(listener: Listener | undefined): ReplayAddress | null {
  if (listener === undefined) return null;
  return listener.address.kind === "unix" ? listener.address.path : listener.server.address();
}

/** Settings that came from no file. */
function unchanging(settings: Settings): SettingsFiles {
  return { environmentFiles: [], settingsFiles: [], read: () => Promise.resolve(settings) };
}
