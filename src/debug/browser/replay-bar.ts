import { INTERNAL_PREFIX } from "../../http/refresh/paths.ts";
import { describeAnswer } from "../page/answer-words.ts";
import { formatDuration } from "../page/time.ts";
import type { ReplayAnswer } from "../replay-answer.ts";
import { AnswerSection } from "./answer-section.ts";
import { ApiError } from "./api.ts";
import { element, find } from "./dom.ts";
import { recall, remember } from "./memory.ts";
import { listen } from "./server-events.ts";
import type { Session } from "./session.ts";
import { say } from "./toast.ts";
import type { UnlockDialog } from "./unlock-form.ts";

interface Replayed {
  readonly request: number;
  readonly status: number;
  readonly error: number | null;
  /** Milliseconds. */
  readonly duration: number;
  readonly answer: ReplayAnswer;
}

const EARLIER = "The server was started again: this error and its request are kept no more.";

/** Offers to send the request again as soon as there is new code, and does it by itself where that is wanted. */
export class ReplayBar {
  readonly #session: Session;
  readonly #dialog: UnlockDialog;
  readonly #reloaded: () => void;
  readonly #data: DOMStringMap = document.body.dataset;
  readonly #text = element("span", { role: "status" });
  readonly #look = element(
    "button",
    { type: "button", hidden: true, click: () => this.#answer.goTo(this.#bar) },
    "See the response",
  );
  readonly #open = element(
    "a",
    { hidden: true, class: "button", target: "_blank", rel: "noopener" },
    "Open in a new tab",
  );
  readonly #send = element(
    "button",
    { type: "button", class: "primary", "aria-keyshortcuts": "r", click: () => this.replay() },
    "Send the request again",
  );
  readonly #byItself = element("input", { type: "checkbox" });
  readonly #label = element("label", {}, this.#byItself, " after every reload");
  readonly #bar = element(
    "section",
    { class: "replay tools", hidden: true, "aria-label": "Replay" },
    this.#text,
    this.#look,
    this.#open,
    this.#send,
    this.#label,
  );
  readonly #answer = new AnswerSection();
  /** Of the code that this page has shown or offered. */
  #version = this.#data["madeBy"] ?? "";
  #isSending = false;
  /** What came while a request was on its way. */
  #missed: (() => void) | null = null;

  /** @param reloaded is told of new code that is ready */
  constructor(session: Session, dialog: UnlockDialog, reloaded: () => void = () => undefined) {
    this.#session = session;
    this.#dialog = dialog;
    this.#reloaded = reloaded;
    this.#byItself.checked = recall("local", "replays by itself") === "yes";
    this.#byItself.addEventListener("change", () =>
      remember("local", "replays by itself", this.#byItself.checked ? "yes" : null),
    );
    this.#send.hidden = !this.isPossible;
    this.#label.hidden = !this.isPossible;
    find(".bar").after(this.#bar, this.#answer.element);
  }

  /** There is a request that can be sent again. */
  get isPossible(): boolean {
    return this.#data["request"] !== undefined;
  }

  start(): void {
    listen({
      state: ({ version, status }) => this.#hear(version, status),
      asset: ({ version }) => this.#hear(version, "ready"),
    });
  }

  /** Sends the request again, once this browser may. */
  replay(): void {
    if (!this.isPossible || this.#isSending) return;
    if (this.#isOfEarlierRun) {
      if (this.#isOwnAddress) location.reload();
      else say(EARLIER);
    } else if (this.#session.isUnlocked) void this.#replay();
    // To load a page needs no permission.
    else if (this.#isOwnAddress) location.reload();
    else this.#dialog.open(() => void this.#replay());
  }

  /** The page is what a GET was answered with: it is loaded again as it was before. */
  get #isOwnAddress(): boolean {
    return this.#data["method"] === "GET" && !location.pathname.startsWith(INTERNAL_PREFIX);
  }

  /** The server was started again, and has other requests by the same numbers. */
  get #isOfEarlierRun(): boolean {
    return runOf(this.#version) !== runOf(this.#data["madeBy"] ?? "");
  }

  get #what(): string {
    return `${this.#data["method"]} ${this.#data["target"]}`;
  }

  #hear(version: string, status: "loading" | "ready" | "failed"): void {
    if (version === this.#version) return;
    if (this.#isSending) {
      this.#missed = () => this.#hear(version, status);
      return;
    }
    this.#bar.hidden = false;
    this.#bar.dataset["state"] = status;
    this.#forget();
    if (status === "loading") {
      this.#text.textContent = "The code is loaded again…";
      return;
    }
    this.#version = version;
    // There is nothing to look at any more, and what was asked for may be there. A form is not sent by itself.
    if (this.#data["place"] === "load" && this.#isOwnAddress) {
      location.reload();
      return;
    }
    if (status === "failed") {
      this.#text.replaceChildren(
        "The code cannot be loaded: ",
        element("a", { href: `${INTERNAL_PREFIX}errors` }, "see the errors"),
        ".",
      );
      return;
    }
    if (this.#isOfEarlierRun) {
      this.#text.textContent = EARLIER;
      this.#send.hidden = this.#label.hidden = !this.#isOwnAddress;
    } else this.#text.textContent = "The code was loaded again.";
    this.#reloaded();
    // Nobody is there to type a PIN.
    if (this.#byItself.checked && (this.#session.isUnlocked || this.#isOwnAddress)) this.replay();
  }

  async #replay(): Promise<void> {
    this.#isSending = true;
    this.#send.disabled = true;
    this.#bar.hidden = false;
    this.#bar.dataset["state"] = "sending";
    this.#forget();
    this.#text.textContent = `${this.#what} is sent again…`;
    try {
      this.#show((await this.#session.post(`requests/${this.#data["request"]}/replay`, {})) as Replayed);
    } catch (error) {
      this.#bar.dataset["state"] = "failed";
      this.#answer.hide();
      this.#text.textContent = error instanceof Error ? error.message : String(error);
      if (error instanceof ApiError && error.code === "LOCKED") this.#dialog.open(() => void this.#replay());
    } finally {
      this.#isSending = false;
      this.#send.disabled = false;
      this.#missed?.();
      this.#missed = null;
    }
  }

  /** The answer itself is left to be read until there is another. */
  #forget(): void {
    this.#open.hidden = this.#look.hidden = true;
  }

  #show({ request, status, duration, error, answer }: Replayed): void {
    if (error !== null) {
      location.assign(`${INTERNAL_PREFIX}errors/${error}`);
      return;
    }
    this.#bar.dataset["state"] = status < 500 ? "passed" : "failed";
    this.#text.textContent = `${this.#what} → ${status} in ${formatDuration(duration)}, ${describeAnswer(answer)}`;
    this.#answer.show(answer, request);
    this.#look.hidden = false;
    const target = this.#data["target"] ?? "";
    // Not where a secret was masked, nor to another server (`//host/`).
    if (this.#data["method"] !== "GET" || !/^\/(?![/\\])[^•]*$/.test(target)) return;
    this.#open.hidden = false;
    this.#open.href = target;
  }
}

/** What two runs of the server never share (src/code-state.ts). */
function runOf(version: string): string {
  return version.split(".", 1)[0] ?? "";
}
