import type { Socket } from "node:net";
import type { Call, Failure, RequestBody } from "../application.ts";
import { CLIENT_LEFT } from "./access-record.ts";
import type { ClientConnection } from "./client-connection.ts";
import {
  LARGEST_KEPT,
  LARGEST_VISIT,
  takeReplayPass,
  type DebugDoor,
  type ReplayPass,
  type RequestTrace,
} from "./debug-door.ts";
import { answerOf, beginTrace, visitOf } from "./debug-request.ts";
import { buildEnviron } from "./environ.ts";
import { answerTo, renderAnswer, type Audience, type GatewayAnswer } from "./error-page.ts";
import type { GatewayRequest, GatewayResponse } from "./messages.ts";
import { judge, judgeTrailers, type Accepted } from "./policy.ts";
import { isInternal, type InternalRoutes, type Visit } from "./internal-routes.ts";
import { isLoopback } from "./loopback.ts";
import { PageFollower } from "./refresh/page-follower.ts";
import { BodyCollector } from "./request-body.ts";
import { ResponseWriter, type ResponseOwner } from "./response-writer.ts";

/**
 * One request and its response: policy, body, application, response, access log.
 *
 * Responses leave in the order of their requests, and the application is called only when it is
 * this response's turn: RFC 9112 §9.3.2 lets pipelined requests run side by side only if all of them
 * are safe, and a client that pipelines is too rare to tell.
 */
export class Exchange implements ResponseOwner {
  readonly request: GatewayRequest;
  readonly isHead: boolean;
  readonly isHttp10: boolean;
  call: Call | null = null;
  follower: PageFollower | null = null;
  readonly #connection: ClientConnection;
  readonly #response: GatewayResponse;
  readonly #writer: ResponseWriter;
  /** Read only for the access log and the debugger. */
  readonly #startedAt: number;
  #verdict: Accepted | null = null;
  #collector: BodyCollector | null = null;
  #body: RequestBody = null;
  #environ: string | null = null;
  #answer: GatewayAnswer | null = null;
  /** Of the code, when it was the application's turn; empty where there is none to follow. */
  #version = "";
  /** With --debug, once it is given to the application. */
  #trace: RequestTrace | null = null;
  #replay: ReplayPass | null = null;
  /** It is the debugger's to answer. */
  #isVisit = false;
  /** Accepted, and its body has arrived. */
  #ready = false;
  #ended = false;

  constructor(connection: ClientConnection, request: GatewayRequest, response: GatewayResponse) {
    this.#connection = connection;
    this.request = request;
    this.#response = response;
    this.#writer = new ResponseWriter(this);
    this.isHead = request.method === "HEAD";
    this.isHttp10 = request.httpVersionMinor === 0;
    const { accessLog, debug } = connection.gateway;
    this.#startedAt = accessLog === null && debug === null ? 0 : performance.now();
  }

  get socket(): Socket | null {
    return this.#ended ? null : this.#response.socket;
  }

  get keepAlive(): boolean {
    // Pipelined requests that came before a refusal, or before the server stops, are answered too.
    const { closing, gateway } = this.#connection;
    if (gateway.settings.keepAlive === 0) return false;
    return this.#response.shouldKeepAlive && !(closing && this.#connection.isNewest(this));
  }

  /** What takes the body while it is still arriving, and wanted. */
  get collector(): BodyCollector | null {
    return this.#ready || this.#ended || this.#answer !== null ? null : this.#collector;
  }

  /** Judges the request and goes on with it as far as it can. */
  begin(): void {
    const { gateway, description } = this.#connection;
    if (gateway.debug !== null) this.#replay = takeReplayPass(this.request, gateway.debug);
    const verdict = judge(this.request, gateway.settings, description.peer);
    if (!verdict.ok) {
      this.reject(verdict);
      return;
    }
    this.#verdict = verdict;
    this.#isVisit = gateway.debug !== null && isInternal(verdict.target.path);
    if (verdict.dropped !== null) gateway.reportDropped(verdict.dropped);
    if (verdict.chunked || (verdict.contentLength !== null && verdict.contentLength > 0)) {
      this.#receiveBody(verdict);
    } else {
      this.#ready = true;
      if (this.#response.socket === null) this.#response.onTurn = () => this.#onTurn();
      else this.#run();
    }
  }

  /** Answers in place of the application; the connection ends with it. */
  reject(rejection: { readonly status: number; readonly reason: string }): void {
    this.#collector?.discard();
    this.#connection.gateway.log.warning(
      `Refused a request from ${this.#connection.name}: ${rejection.status}, ${rejection.reason}`,
    );
    this.#connection.closing = true;
    this.#connection.refused = true;
    this.#give({ status: rejection.status, reason: rejection.reason });
  }

  /** The client has gone. */
  abandon(): void {
    if (this.#ended) return;
    this.#collector?.discard(this.call !== null && this.call.pid !== 0);
    this.call?.cancel();
    this.#close(this.#writer.status === 0 ? CLIENT_LEFT : this.#writer.status);
  }

  // --- body ---------------------------------------------------------------------------------

  #receiveBody(verdict: Accepted): void {
    const { gateway } = this.#connection;
    const largest = this.#largestBody;
    const expected = verdict.contentLength;
    if (largest > 0 && expected !== null && expected > largest) {
      this.#tooLarge();
      return;
    }
    const { bodyMemory } = gateway.settings;
    const memory = gateway.debug === null ? bodyMemory : Math.max(bodyMemory, LARGEST_KEPT, LARGEST_VISIT);
    this.#collector = new BodyCollector(
      { memory, largest },
      expected,
      () => gateway.spool.newPath(),
      this.request.socket,
      {
        whole: (body) => this.#bodyArrived(body),
        tooLarge: () => this.#tooLarge(),
        failed: (error) => {
          gateway.log.error(`The body of a request cannot be written to a file: ${error.message}`);
          this.#connection.closing = true;
          this.#give({
            status: 503,
            reason: "The server has no room for the body of this request.",
            retryAfter: 5,
          });
        },
      },
    );
    this.request.receiver = this.#collector;
    this.#response.onTurn = () => this.#onTurn();
    if (this.#response.socket !== null) this.#onTurn();
  }

  /** In bytes; 0 for no limit. */
  get #largestBody(): number {
    return this.#isVisit ? LARGEST_VISIT : this.#connection.gateway.settings.limitRequestBody;
  }

  #tooLarge(): void {
    // RFC 9110 §15.5.14.
    this.reject({ status: 413, reason: `The body is larger than ${this.#largestBody} bytes.` });
  }

  #bodyArrived(body: RequestBody): void {
    // RFC 9112 §7.1.2: trailers may not bring what the head should have said.
    const bad = judgeTrailers(this.request.rawTrailers, this.#connection.gateway.settings);
    if (bad !== null) {
      this.reject(bad);
      return;
    }
    this.#body = body;
    this.#ready = true;
    if (this.#response.socket !== null) this.#run();
  }

  // --- turn ---------------------------------------------------------------------------------

  #onTurn(): void {
    if (this.#answer !== null) this.#sendAnswer(this.#answer);
    else if (this.#ready) this.#run();
    else if (this.#verdict?.expectContinue === true && !this.isHttp10) {
      // RFC 9110 §10.1.1: the body is wanted (nothing above has refused it), so ask for it.
      if (this.#collector?.received === 0) this.#response.socket?.write("HTTP/1.1 100 Continue\r\n\r\n");
    }
  }

  #run(): void {
    const verdict = this.#verdict;
    if (verdict === null || this.#ended || this.call !== null) return;
    const { description, gateway } = this.#connection;
    if (this.#isVisit && gateway.debug !== null && this.#visits(gateway.debug, verdict)) return;
    if (gateway.internalRoutes !== null && this.#isInternal(gateway.internalRoutes, verdict)) return;
    const received = this.#collector === null ? 0 : this.#collector.received;
    this.#environ = buildEnviron(description, this.request, verdict, received);
    const { method } = this.request;
    // A worker unlinks the file of a body when it starts the request: a second one would find none.
    const bodyRemains = this.#body === null || Buffer.isBuffer(this.#body);
    const replayable = (method === "GET" || method === "HEAD") && bodyRemains;
    if (gateway.debug !== null) {
      const whole = { request: this.request, verdict, body: this.#body };
      this.#trace = beginTrace(gateway.debug, whole, this.#environ, this.#replay);
    }
    const record = this.#trace === null ? 0 : this.#trace.record;
    const call = gateway.application.begin(
      { environ: this.#environ, body: this.#body, replayable, record },
      this.#writer,
    );
    this.#body = null;
    this.call = call;
    if (this.#ended) call.cancel();
  }

  // --- development --------------------------------------------------------------------------

  /** Asks the debugger for its own; false if that has nothing to say here. */
  #visits(debug: DebugDoor, verdict: Accepted): boolean {
    const { gateway } = this.#connection;
    const visit = visitOf({ request: this.request, verdict, body: this.#body }, this.#isLocal);
    const answer = debug.respond(visit);
    if (answer === null) {
      if (gateway.internalRoutes !== null) return false;
      this.#give({ status: 404, reason: "There is nothing at this address." });
      return true;
    }
    this.#body = null;
    gateway.visits.add(this);
    void answerOf(visit, answer, gateway.log).then((given) => this.#give(given));
    return true;
  }

  /** Answers what is the gateway's own; of other requests it notes how their pages follow the code. */
  #isInternal(routes: InternalRoutes, verdict: Accepted): boolean {
    const { host, target, origin } = verdict;
    if (!routes.owns(target.path)) {
      this.#version = routes.code.version;
      if (this.#connection.gateway.settings.refresh && routes.follows(this.#visit))
        this.follower = new PageFollower(this.#version, `${origin.scheme}://${host}`);
      return false;
    }
    const response = routes.respond(this.#visit);
    if (response === "events") this.#stream(routes);
    else this.#give(response);
    return true;
  }

  /** The request, as far as it decides who may hear of the code. */
  get #visit(): Visit {
    const { method, rawHeaders } = this.request;
    const path = this.#verdict?.target.path ?? "";
    return { method, path, host: this.#verdict?.host ?? null, isLocal: this.#isLocal, rawHeaders };
  }

  /** Leaves the connection to events: it counts as idle from now on, and takes no further request. */
  #stream(routes: InternalRoutes): void {
    const socket = this.#response.socket;
    if (socket === null) return;
    this.#connection.closing = true;
    this.#connection.refused = true;
    this.#leave();
    routes.events.open(socket);
  }

  /** The server stops: whoever evaluates code that never ends does not hold it up. */
  giveUp(): void {
    this.#give({ status: 503, reason: "The server is going down." });
  }

  /** The client is on this machine, and no proxy says that it speaks for another. */
  get #isLocal(): boolean {
    const remoteAddress = this.#verdict?.origin.remoteAddress ?? "";
    return this.#connection.isLocal && (remoteAddress === "" || isLoopback(remoteAddress));
  }

  // --- response -----------------------------------------------------------------------------

  responseEnded(last: boolean): void {
    if (this.#ended) return;
    const newest = this.#connection.isNewest(this);
    this.#close(this.#writer.status);
    if (last) this.#connection.closing = true;
    this.#response.finish(last || (newest && this.#connection.closing));
  }

  responseCut(message: string | null, reset: boolean): void {
    if (this.#ended) return; // the client has left meanwhile
    if (message !== null) this.#connection.gateway.log.error(`${message} (${this.#describe()})`);
    const socket = this.#response.socket;
    this.#close(this.#writer.status);
    // Without the last chunk, or with fewer bytes than announced, a client sees that it was cut. A
    // body that ends with the connection looks whole unless the connection is reset.
    if (reset) socket?.resetAndDestroy();
    else socket?.destroySoon();
  }

  answerFailure(failure: Failure): void {
    const { gateway } = this.#connection;
    if (failure.kind === "invalid-response") gateway.log.error(`${failure.message} (${this.#describe()})`);
    if (failure.kind === "overloaded") gateway.reportOverload(failure.reason);
    const { debug, debugRemote } = gateway.settings;
    const audience = debug && (this.#isLocal || debugRemote) ? this.#audience(failure) : null;
    this.#give(this.#trace === null ? answerTo(failure, audience) : this.#trace.failed(failure, audience));
  }

  noteFailure(failure: Failure): void {
    this.#trace?.broke(failure);
  }

  #audience(failure: Failure): Audience {
    const routes = this.#connection.gateway.internalRoutes;
    const { method, host, rawHeaders } = this.#visit;
    const version =
      routes === null || !routes.follows(this.#visit) ? null : routes.code.versionOf(failure, this.#version);
    return { method, target: this.request.url, host, rawHeaders, version };
  }

  #give(answer: GatewayAnswer): void {
    if (this.#ended || this.#answer !== null) return;
    this.#answer = answer;
    if (this.#response.socket === null) this.#response.onTurn = () => this.#onTurn();
    else this.#sendAnswer(answer);
  }

  #sendAnswer(answer: GatewayAnswer): void {
    const socket = this.#response.socket;
    if (socket === null || this.#ended) return;
    const { keepAlive } = this;
    const { text, bytes } = renderAnswer(answer, { keepAlive, withBody: !this.isHead });
    socket.write(text, "latin1");
    this.#writer.status = answer.status;
    this.#writer.bytes = bytes;
    // A request without a body may be answered before the parser has called it complete.
    const unread = !keepAlive && !this.request.complete;
    if (answer.isRoutine === true) this.#leave();
    else this.#close(answer.status);
    if (unread) this.#connection.linger();
    else this.#response.finish(!keepAlive);
  }

  /** The end of this exchange, whichever it was: the log hears of it once. */
  #close(status: number): void {
    if (this.#ended) return;
    this.#leave();
    const { gateway } = this.#connection;
    if (gateway.accessLog === null && this.#trace === null) return;
    const { method, url, httpVersionMajor, httpVersionMinor, rawHeaders } = this.request;
    const duration = performance.now() - this.#startedAt;
    this.#trace?.answered(status, duration);
    if (gateway.accessLog === null) return;
    gateway.accessLog.write({
      remoteAddress: this.#verdict?.origin.remoteAddress ?? this.#connection.description.peer.remoteAddress,
      method,
      target: url,
      protocol: `HTTP/${httpVersionMajor}.${httpVersionMinor}`,
      status,
      bytes: this.#writer.bytes,
      startedAt: Date.now() - duration,
      duration,
      pid: this.call?.pid ?? 0,
      // A format may name any header: what unlocks the debugger stands in no log.
      rawHeaders: this.#isVisit ? [] : rawHeaders,
      responseHead: this.#writer.head,
      environ: this.#environ,
    });
  }

  #leave(): void {
    this.#ended = true;
    if (this.#isVisit) this.#connection.gateway.visits.delete(this);
    // Dropped from the queue, or its worker died: then nobody else removes the file of the body.
    this.#collector?.discard();
    this.#connection.remove(this);
  }

  #describe(): string {
    return `${this.request.method} ${this.request.url}`;
  }
}
