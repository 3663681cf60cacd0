import { element } from "../dom.ts";
import { insertionOf } from "./editing.ts";

let lists = 0;

/** What could be written next, to choose from while the focus stays where one writes. */
export class CompletionList {
  readonly root: HTMLElement;
  readonly #field: HTMLElement;
  readonly #accept: (completion: string) => void;
  readonly #id = `completions-${(lists += 1)}`;
  #chosen = 0;
  #completions: readonly string[] = [];
  /** What stood before the caret when these were asked for. */
  #before = "";

  constructor(field: HTMLElement, accept: (completion: string) => void) {
    this.#field = field;
    this.#accept = accept;
    this.root = element("ul", {
      class: "completions",
      role: "listbox",
      id: this.#id,
      "aria-label": "Completions",
      hidden: true,
    });
    field.setAttribute("aria-controls", this.#id);
    // Before the field loses the focus.
    this.root.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const option = event.target instanceof Element ? event.target.closest("[role=option]") : null;
      if (option !== null) this.#take([...this.root.children].indexOf(option));
    });
  }

  open(completions: readonly string[], before: string): void {
    this.#completions = completions;
    this.#before = before;
    this.#show(completions);
  }

  /** Leaves what goes on as it was written since. */
  narrow(now: string): void {
    if (this.root.hidden) return;
    const written = now.slice(this.#before.length);
    const rest = (completion: string): string => insertionOf(this.#before, completion);
    const left = now.startsWith(this.#before)
      ? this.#completions.filter((each) => rest(each).startsWith(written))
      : [];
    // Enter runs what was written to its end.
    if (left.every((each) => rest(each) === written)) this.close();
    else this.#show(left);
  }

  #show(completions: readonly string[]): void {
    this.root.replaceChildren(
      ...completions.map((text, index) =>
        element("li", { role: "option", id: `${this.#id}-${index}` }, text),
      ),
    );
    this.root.hidden = false;
    this.#choose(0);
  }

  close(): void {
    this.root.hidden = true;
    this.#field.removeAttribute("aria-activedescendant");
  }

  /** @returns whether the key was for the list */
  press(key: string): boolean {
    if (this.root.hidden) return false;
    const count = this.root.children.length;
    if (key === "ArrowDown" || key === "Tab") this.#choose((this.#chosen + 1) % count);
    else if (key === "ArrowUp") this.#choose((this.#chosen + count - 1) % count);
    else if (key === "Enter") this.#take(this.#chosen);
    else if (key === "Escape") this.close();
    else return false;
    return true;
  }

  #take(index: number): void {
    const text = this.root.children[index]?.textContent;
    this.close();
    if (typeof text === "string") this.#accept(text);
  }

  #choose(index: number): void {
    this.#chosen = index;
    for (const [position, option] of [...this.root.children].entries()) {
      option.setAttribute("aria-selected", String(position === index));
      if (position === index) option.scrollIntoView({ block: "nearest" });
    }
    this.#field.setAttribute("aria-activedescendant", `${this.#id}-${index}`);
  }
}
