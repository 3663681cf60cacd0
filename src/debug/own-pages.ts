import type { DebugVisit } from "../http/debug-door.ts";
import type { Audience, GatewayAnswer } from "../http/error-page.ts";
import { isKnownHost } from "../http/known-host.ts";
import { namesOtherMachine } from "../http/other-machine.ts";
import type { Log } from "../log.ts";
import type { Settings } from "../settings/settings.ts";
import type { AccessRules } from "./access.ts";
import type { DebugPages, Debugger } from "./debugger.ts";
import { editorLinks } from "./editor-links.ts";
import { answerWith } from "./error-answer.ts";
import type { ErrorRecord } from "./error-record.ts";
import { Lock } from "./lock.ts";
import { renderConsolePage } from "./page/console-page.ts";
import { renderErrorPage } from "./page/error-page.ts";
import { renderIndexPage } from "./page/index-page.ts";
import { renderMissingPage } from "./page/missing-page.ts";
import type { PageContext } from "./page/page-context.ts";
import { renderRequestPage, renderRequestsPage } from "./page/requests-page.ts";
import { renderUnlockPage } from "./page/unlock-page.ts";
import { maskError } from "./masked-records.ts";
import { findPin } from "./pin.ts";
import { renderMarkdown } from "./render-markdown.ts";
import { renderText } from "./render-text.ts";
import { DebugRoutes } from "./routes.ts";
import { masks } from "./secrets.ts";
import type { ConsoleSource, Pages } from "./sources.ts";

/** What the pages have to know of the server around them. */
export interface PagesServer {
  /** Of the code that serves. */
  version(): string;
  /** Hosts that the listeners were given. */
  serverNames(): readonly string[];
  readonly console: ConsoleSource;
}

const OPEN =
  "--debug-remote: every machine that reaches this server sees errors, with their source and variables, and requests.";
const RUNS = "Whoever has the PIN runs any code as you; it travels unencrypted.";

/** The debugger's own pages and routes, and who may use them. */
export class OwnPages implements DebugPages {
  readonly lock: Lock;
  readonly #run: string;
  readonly #settings: Settings;
  readonly #server: PagesServer;
  readonly #editorLink: PageContext["editorLink"];
  readonly #routes: DebugRoutes;

  /** @throws HighballError INVALID_VALUE if the environment names a PIN that is none */
  constructor(settings: Settings, debug: Debugger, server: PagesServer, log: Log) {
    const { chdir: project, env, evalex, trustedHost, debugRemote } = settings;
    this.#settings = settings;
    this.#server = server;
    const environment = { ...process.env, ...env };
    this.#editorLink = editorLinks(settings.editor, project, environment);
    const pin = findPin({ project, environment, warn: (message) => log.warning(message) });
    this.lock = new Lock(pin, (address) => {
      const from = address === "" ? "a Unix socket" : address;
      log.warning(`Somebody at ${from} has tried to unlock the debugger with a wrong PIN.`);
    });
    if (debugRemote) log.warning(`${OPEN} ${evalex ? RUNS : "Nobody runs code (--no-evalex)."}`);
    const rules: AccessRules = { serverNames: () => server.serverNames(), trustedHost, debugRemote };
    this.#run = debug.run;
    this.#routes = new DebugRoutes({
      run: debug.run,
      errors: debug.errors,
      requests: debug.requests,
      replayer: { replay: (record) => debug.send(record) },
      console: server.console,
      pages: this.#pages(),
      texts: {
        renderText,
        // It masks by itself, and more: what it knows to be a secret it finds in values and lines too.
        renderMarkdown: (record) => renderMarkdown(debug.errors.get(record.id) ?? record),
      },
      rules,
      lock: this.lock,
      evaluates: evalex,
      log,
    });
  }

  respond(visit: DebugVisit): Promise<GatewayAnswer> | null {
    return this.#routes.respond(visit);
  }

  /** Which page has led here is not asked: that of another site sees nothing of the answer. */
  admits({ host, rawHeaders }: Audience): boolean {
    const { trustedHost: trusted, debugRemote: anyAddress } = this.#settings;
    if (!anyAddress && namesOtherMachine(rawHeaders)) return false;
    return isKnownHost(host, { listeners: this.#server.serverNames(), trusted, anyAddress });
  }

  answer(record: ErrorRecord, plain: GatewayAnswer, audience: Audience): GatewayAnswer {
    return answerWith(maskError(record), plain, audience, this.#context());
  }

  #context(): PageContext {
    const { chdir: project, evalex: evaluates } = this.#settings;
    const version = this.#server.version();
    return { run: this.#run, version, evaluates, project, editorLink: this.#editorLink, masks };
  }

  #pages(): Pages {
    return {
      renderErrorPage: (record) => renderErrorPage(record, this.#context()),
      renderIndexPage: (records) => renderIndexPage(records, this.#context()),
      renderRequestsPage: (requests) => renderRequestsPage(requests, this.#context()),
      renderRequestPage: (request) => renderRequestPage(request, this.#context()),
      renderConsolePage: () => renderConsolePage(this.#context()),
      renderUnlockPage: () => renderUnlockPage(this.#context()),
      renderMissingPage: (refusal) => renderMissingPage(refusal, this.#context()),
    };
  }
}
