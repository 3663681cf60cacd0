import { element } from "./dom.ts";
import type { Session } from "./session.ts";

/** Asks for the PIN. */
export function unlockForm(session: Session, unlocked: () => void): HTMLFormElement {
  const input = element("input", {
    name: "pin",
    id: "pin",
    inputmode: "numeric",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "000-000-000",
    required: true,
    autofocus: true,
    "aria-describedby": "pin-where",
  });
  const button = element("button", { class: "primary" }, "Unlock");
  const problem = element("p", { class: "problem", role: "alert" });
  const form = element(
    "form",
    { class: "unlock-form" },
    element("label", { for: "pin" }, "PIN"),
    element("div", { class: "field" }, input, button),
    problem,
    element("p", { class: "hint", id: "pin-where" }, "The terminal shows it, and a link that needs none."),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit();
  });
  return form;

  async function submit(): Promise<void> {
    button.disabled = true;
    problem.textContent = "";
    try {
      const outcome = await session.unlock({ pin: input.value.trim() });
      if (outcome.unlocked) {
        input.value = "";
        button.disabled = false;
        return unlocked();
      }
      problem.textContent = outcome.reason;
      input.select();
      if (outcome.wait > 0) await wait(Math.ceil(outcome.wait));
    } catch (error) {
      problem.textContent = error instanceof Error ? error.message : String(error);
    }
    button.disabled = false;
  }

  async function wait(seconds: number): Promise<void> {
    for (let left = seconds; left > 0; left -= 1) {
      problem.textContent = `This is not the PIN. The next attempt counts in ${left} s.`;
      // oxlint-disable-next-line no-await-in-loop -- a second after the other
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    problem.textContent = "";
  }
}

/** A dialog with the form; what waits for it goes on when it was unlocked. */
export class UnlockDialog {
  readonly #dialog: HTMLDialogElement;
  #then: (() => void) | null = null;

  constructor(session: Session) {
    const form = unlockForm(session, () => this.#unlocked());
    const cancel = element("button", { type: "button", click: () => this.#dialog.close() }, "Cancel");
    this.#dialog = element(
      "dialog",
      { class: "unlock", "aria-labelledby": "unlock-title" },
      element("h2", { id: "unlock-title" }, "Unlock the debugger"),
      element("p", {}, "Whoever unlocks it can run code in the application."),
      form,
      element("p", { class: "buttons" }, cancel),
    );
    document.body.append(this.#dialog);
    // Unlocked in another tab.
    session.subscribe(() => {
      if (session.isUnlocked) this.#unlocked();
    });
  }

  #unlocked(): void {
    const then = this.#dialog.open ? this.#then : null;
    this.#then = null;
    this.#dialog.close();
    // When the page shows that it is unlocked.
    if (then !== null) queueMicrotask(then);
  }

  open(then: () => void = () => undefined): void {
    this.#then = then;
    this.#dialog.showModal();
  }
}
