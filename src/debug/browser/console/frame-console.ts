import type { Evaluation } from "../../../debuggee.ts";
import { ApiError } from "../api.ts";
import { element } from "../dom.ts";
import type { Session } from "../session.ts";
import { complain } from "../toast.ts";
import type { UnlockDialog } from "../unlock-form.ts";
import type { History } from "./history.ts";
import { Prompt } from "./prompt.ts";
import { renderEvaluation } from "./evaluation.ts";

export interface ConsoleHost {
  readonly session: Session;
  readonly dialog: UnlockDialog;
  readonly history: History;
  /** Of the frame; ends with a slash. */
  readonly route: string;
  /** Not a frame's: it goes on when there is another process. */
  readonly isLasting: boolean;
}

type Answer = Evaluation & { readonly evaluation?: number };

/** Milliseconds after which something that runs says so. */
const PATIENCE = 200;
const RUNNING = "Running…";

/** Runs code in one frame and shows what came of it. */
export class FrameConsole {
  readonly #host: ConsoleHost;
  readonly #log = element("div", { class: "log", role: "log", "aria-label": "Console output", hidden: true });
  readonly #prompt: Prompt;
  readonly #locked: HTMLElement;
  readonly #running: HTMLElement;
  readonly #doing: HTMLElement = element("span", {}, RUNNING);
  readonly #root: HTMLElement;
  /** Number of what runs. */
  #evaluation = 0;

  constructor(place: HTMLElement, host: ConsoleHost) {
    this.#host = host;
    this.#prompt = new Prompt(host.history, {
      run: (code) => this.#run(code),
      complete: (code) => this.#complete(code),
      clear: () => this.#clear(),
      interrupt: () => this.#interrupt(),
    });
    this.#locked = element(
      "button",
      { type: "button", class: "locked", click: () => host.dialog.open(() => this.focus()) },
      element("span", { class: "chevrons", "aria-hidden": "true" }, ">>>"),
      " Unlock to run code here",
    );
    this.#running = element(
      "p",
      { class: "running-note", role: "status", hidden: true },
      this.#doing,
      " ",
      element("button", { type: "button", click: () => this.#interrupt() }, "Interrupt"),
    );
    this.#root = element(
      "section",
      { class: "console", "aria-label": "Console" },
      this.#log,
      this.#running,
      this.#prompt.root,
      this.#locked,
    );
    place.append(this.#root);
    host.session.subscribe(() => this.#showLock());
    this.#showLock();
  }

  focus(): void {
    if (this.#host.session.isUnlocked) this.#prompt.focus();
    else this.#locked.focus();
  }

  #showLock(): void {
    const { isUnlocked } = this.#host.session;
    this.#prompt.root.hidden = !isUnlocked;
    this.#locked.hidden = isUnlocked;
  }

  async #run(code: string): Promise<"done" | "incomplete"> {
    // Chosen here, so that it can be interrupted before there is an answer.
    const number = (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) + 1;
    this.#evaluation = number;
    const timer = setTimeout(() => {
      this.#running.hidden = false;
    }, PATIENCE);
    try {
      const { session, route } = this.#host;
      const answer = (await session.post(`${route}evaluate`, { code, evaluation: number })) as Answer;
      if (answer.status === "incomplete") return "incomplete";
      this.#show(code, answer);
      if (answer.status === "gone") this.#end(answer.reason);
      return "done";
    } catch (error) {
      // Another process will run the application; no other one has the frame.
      if (error instanceof ApiError && error.code === "GONE" && !this.#host.isLasting)
        this.#end(error.message);
      else if (error instanceof ApiError && error.code === "LOCKED")
        this.#host.dialog.open(() => this.focus());
      else complain(error);
      // What was written stays, to be run once it can be.
      throw error;
    } finally {
      clearTimeout(timer);
      this.#running.hidden = true;
      this.#doing.textContent = RUNNING;
    }
  }

  async #complete(code: string): Promise<readonly string[]> {
    const { session, route } = this.#host;
    try {
      const { completions } = (await session.post(`${route}complete`, { code })) as {
        readonly completions: readonly string[];
      };
      return completions;
    } catch (error) {
      complain(error);
      return [];
    }
  }

  #interrupt(): void {
    // What waits in C, as time.sleep(), takes up to two seconds more.
    this.#doing.textContent = "Interrupting…";
    this.#host.session.post(`evaluations/${this.#evaluation}/interrupt`, {}).catch(complain);
  }

  #show(code: string, answer: Evaluation): void {
    this.#log.hidden = false;
    this.#log.append(renderEvaluation(code, answer));
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  #clear(): void {
    this.#log.replaceChildren();
    this.#log.hidden = true;
  }

  /** There is nothing to run code in any more. */
  #end(reason: string): void {
    const text =
      reason === ""
        ? "This frame is not kept any more. Send the request again: if it fails again, its frames are kept."
        : reason;
    this.#prompt.root.remove();
    this.#locked.remove();
    this.#root.append(element("p", { class: "gone", role: "alert" }, text));
  }
}
