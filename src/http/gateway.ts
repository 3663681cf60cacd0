import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import type { Application } from "../application.ts";
import type { CodeState } from "../code-state.ts";
import type { Log } from "../log.ts";
import type { Settings } from "../settings/settings.ts";
import type { AccessLog } from "./access-log.ts";
import { ClientConnection } from "./client-connection.ts";
import { connectionOf, Connections } from "./connections.ts";
import { Deadlines } from "./deadlines.ts";
import type { DebugDoor } from "./debug-door.ts";
import { describeConnection } from "./environ.ts";
import { Exchange } from "./exchange.ts";
import { InternalRoutes } from "./internal-routes.ts";
import type { KnownNames } from "./known-host.ts";
import type { Listener } from "./listener.ts";
import { messageClasses, type GatewayRequest, type GatewayResponse } from "./messages.ts";
import { judgeParserError, type ParserError } from "./parser-errors.ts";
import { reject, type DroppedHeader } from "./policy.ts";
import { compileTrustedPeers, type TrustedPeers } from "./proxies.ts";
import { Spool } from "./spool.ts";

/** Milliseconds between two looks at connections whose request head is late. */
const HEAD_CHECK = 500;
/** Headers dropped are reported once for each name; no more names than this. */
const REPORTED_NAMES = 1000;
/** Overload is reported at most once in this many milliseconds. */
const OVERLOAD_REPORT = 5_000;

/** Milliseconds that a connection accepted last gets to send its request when the server stops. */
const FIRST_REQUEST = 500;

/** Everything between the clients and the application. */
export class Gateway {
  readonly settings: Settings;
  readonly application: Application;
  readonly accessLog: AccessLog | null;
  readonly log: Log;
  readonly spool: Spool = new Spool();
  readonly deadlines: Deadlines;
  /** What the gateway answers itself; null where the code does not change. */
  readonly internalRoutes: InternalRoutes | null;
  /** Null without --debug. */
  readonly debug: DebugDoor | null;
  /** Requests that the debugger is answering: it may wait for somebody's code. */
  readonly visits: Set<Exchange> = new Set();
  readonly #trustedPeers: TrustedPeers;
  readonly #connections: Connections = new Connections();
  readonly #reported: Set<string> = new Set();
  #listeners: readonly Listener[] = [];
  #draining = false;
  #overloadReported = -Infinity;
  #onIdle: (() => void) | null = null;

  /**
   * @param code what pages in browsers may follow; null where it does not change
   * @param debug hears of requests, and answers those for itself; null without --debug
   */
  constructor(
    settings: Settings,
    application: Application,
    log: Log,
    accessLog: AccessLog | null,
    code: CodeState | null = null,
    debug: DebugDoor | null = null,
  ) {
    this.settings = settings;
    this.debug = debug;
    this.application = application;
    this.log = log;
    this.accessLog = accessLog;
    this.deadlines = new Deadlines(
      {
        keepAlive: settings.keepAlive * 1000,
        bodyTimeout: settings.bodyTimeout * 1000,
        minimumRate: settings.bodyMinimumRate,
      },
      this.#connections,
    );
    const { trustedHost: trusted } = settings;
    const names = (): KnownNames => ({ listeners: this.serverNames, trusted, anyAddress: false });
    this.internalRoutes = code === null ? null : new InternalRoutes(code, names);
    this.#trustedPeers = compileTrustedPeers(settings.forwardedAllowIps);
  }

  /** Makes the HTTP server of one listener; it is the listener's to open and close. */
  makeServer(): Server {
    const { settings } = this;
    const server = createServer({
      ...messageClasses(),
      // Not Node's: see Deadlines.
      keepAliveTimeout: 0,
      headersTimeout: settings.headerTimeout * 1000,
      // The time for a whole request: bodies have their own deadline, with a rate.
      requestTimeout: 0,
      connectionsCheckingInterval: HEAD_CHECK,
      // The policy answers a missing Host; Node would do so without a log line.
      requireHostHeader: false,
      // Never below what the settings' own limits add up to: those decide, and give the right status.
      maxHeaderSize: settings.limitRequestLine + settings.limitRequestFields * settings.limitRequestFieldSize,
      noDelay: true,
    });
    // Node would cut the list without a word; the policy counts (RFC 6585 §5).
    server.maxHeadersCount = 0;
    server.timeout = 0;
    const onRequest = (request: IncomingMessage, response: ServerResponse): void =>
      this.#onRequest(request as unknown as GatewayRequest, response as unknown as GatewayResponse);
    server.on("connection", (socket) => this.#onConnection(server, socket));
    server.on("request", onRequest);
    server.on("clientError", (error: ParserError, socket: Socket) => this.#onParserError(error, socket));
    server.on("connect", (_request, socket) => this.#onConnect(socket as Socket));
    return server;
  }

  /** The listeners that `makeServer` was for: they know the names of the server. */
  listening(listeners: readonly Listener[]): void {
    this.#listeners = listeners;
  }

  /** The hosts that the listeners were given. */
  get serverNames(): readonly string[] {
    return this.#listeners.map(({ serverName }) => serverName);
  }

  /** Requests that have no complete response yet. */
  get inFlight(): number {
    let count = 0;
    for (const connection of this.#connections) if (!connection.idle) count += 1;
    return count;
  }

  /**
   * Takes what the kernel has accepted already, answers it and what is in flight, and closes the
   * rest. Resolves when no connection is left.
   */
  async drain(): Promise<void> {
    this.#draining = true;
    this.internalRoutes?.close();
    for (const visit of this.visits) visit.giveUp();
    for (const connection of this.#connections) connection.closing = true;
    await Promise.all(this.#listeners.map((listener) => listener.close()));
    const finished = new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
    // What clients had sent before this moment is read first.
    await turn();
    await turn();
    this.#closeIdle((connection) => connection.used);
    setTimeout(() => this.#closeIdle(() => true), FIRST_REQUEST).unref();
    this.#checkIdle();
    await finished;
  }

  #closeIdle(which: (connection: ClientConnection) => boolean): void {
    for (const connection of this.#connections) {
      if (connection.idle && which(connection)) connection.end();
    }
  }

  /** Ends what is left, at once. */
  close(): void {
    for (const listener of this.#listeners) void listener.close();
    for (const connection of this.#connections) connection.socket.destroy();
    this.spool.close();
    this.deadlines.stop();
  }

  forget(connection: ClientConnection): void {
    this.#connections.delete(connection);
    this.#checkIdle();
  }

  /** Says once for each name that a header did not reach the application. */
  reportDropped(dropped: readonly DroppedHeader[]): void {
    for (const { name, because } of dropped) {
      if (this.#reported.has(name) || this.#reported.size >= REPORTED_NAMES) continue;
      this.#reported.add(name);
      const why =
        because === "ambiguous"
          ? "its CGI name could be taken for another header's"
          : "its sender is not a trusted proxy (--forwarded-allow-ips)";
      this.log.warning(`The header "${name}" does not reach the application: ${why}.`);
    }
  }

  reportOverload(reason: string): void {
    const now = performance.now();
    if (now - this.#overloadReported < OVERLOAD_REPORT) return;
    this.#overloadReported = now;
    this.log.warning(`Requests are answered 503: ${reason}.`);
  }

  #checkIdle(): void {
    if (this.#onIdle !== null && this.#connections.size === 0) this.#onIdle();
  }

  // --- what Node's server says --------------------------------------------------------------

  #onConnection(server: Server, socket: Socket): void {
    const listener = this.#listeners.find((candidate) => candidate.server === server);
    const isUnix = listener?.isUnix ?? socket.remoteAddress === undefined;
    const description = describeConnection(
      {
        scheme: "http",
        serverName: isUnix ? undefined : (listener?.serverName ?? socket.localAddress),
        serverPort: isUnix ? undefined : Number(listener?.serverPort) || socket.localPort,
        remoteAddress: isUnix ? undefined : socket.remoteAddress,
        remotePort: isUnix ? undefined : socket.remotePort,
      },
      this.#trustedPeers,
    );
    const connection = new ClientConnection(this, socket, description);
    connection.closing = this.#draining;
    this.#connections.add(connection);
  }

  #onRequest(request: GatewayRequest, response: GatewayResponse): void {
    const connection = connectionOf(request.socket);
    if (connection === undefined || connection.refused) return;
    const exchange = new Exchange(connection, request, response);
    connection.add(exchange);
    exchange.begin();
  }

  /** RFC 9112 §2.2 and others: what the parser refuses gets an answer, after those that are due. */
  #onParserError(error: ParserError, socket: Socket): void {
    const connection = connectionOf(socket);
    if (connection?.refused === true) return;
    const rejection = judgeParserError(error);
    // A connection that a browser opened ahead of need and never used ends without a word.
    if (connection === undefined || socket.bytesRead === 0 || !socket.writable) socket.destroy();
    else if (rejection !== null) connection.refuse(rejection);
    else connection.readNoMore();
  }

  #onConnect(socket: Socket): void {
    // RFC 9110 §9.3.6: tunnels are for proxies.
    const connection = connectionOf(socket);
    connection?.refuse(reject(501, "CONNECT is for proxies, which this server is not."));
  }
}
