import { element, find, findAll } from "./dom.ts";

/** Filters the variables of a frame as one types, and marks what was found. */
export class VariableSearch {
  readonly #input = element("input", {
    type: "search",
    placeholder: "Search",
    "aria-label": "Search in variables",
    "aria-keyshortcuts": "/",
    autocomplete: "off",
    spellcheck: "false",
  });
  readonly #count = element("span", { class: "found", role: "status" });
  readonly #tools = element("div", { class: "tools search" }, this.#count, this.#input);
  #variables: HTMLElement | null = null;
  /** What was unfolded to show a match. */
  #opened: HTMLDetailsElement[] = [];

  constructor() {
    this.#input.addEventListener("input", () => this.#search());
    this.#input.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.#input.value = "";
      this.#search();
      this.#input.blur();
    });
  }

  /** Goes to the variables of another panel; what is searched for stays. */
  moveTo(panel: HTMLElement): void {
    this.#forget();
    this.#variables = panel.querySelector(".variables");
    this.#tools.remove();
    if (this.#variables === null) return;
    find("h3", this.#variables).after(this.#tools);
    this.#search();
  }

  focus(): void {
    this.#input.focus();
    this.#input.select();
  }

  #search(): void {
    const wanted = this.#input.value.trim().toLowerCase();
    this.#forget();
    if (this.#variables === null) return;
    let found = 0;
    const ranges: Range[] = [];
    for (const row of findAll(HTMLElement, ".variable", this.#variables)) {
      const isFound = row.textContent.toLowerCase().includes(wanted);
      row.hidden = !isFound;
      if (isFound) found += 1;
      if (isFound && wanted !== "") ranges.push(...this.#mark(row, wanted));
    }
    this.#count.textContent = wanted === "" ? "" : found === 0 ? "nothing found" : `${found} found`;
    // Marks without touching the document; who has no such browser has the filter.
    if ("highlights" in CSS && ranges.length > 0) CSS.highlights.set("found", new Highlight(...ranges));
  }

  #mark(row: HTMLElement, wanted: string): readonly Range[] {
    const ranges: Range[] = [];
    const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const text = node.nodeValue?.toLowerCase() ?? "";
      for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
        const range = new Range();
        range.setStart(node, at);
        range.setEnd(node, at + wanted.length);
        ranges.push(range);
        this.#unfold(node.parentElement);
      }
    }
    return ranges;
  }

  #unfold(from: Element | null): void {
    // The line that stands for a folded container shows its beginning.
    if (from?.closest("summary")) return;
    for (let fold = from?.closest("details"); fold; fold = fold.parentElement?.closest("details")) {
      if (fold.open) continue;
      fold.open = true;
      this.#opened.push(fold);
    }
  }

  #forget(): void {
    for (const fold of this.#opened) fold.open = false;
    this.#opened = [];
    if (this.#variables !== null)
      for (const row of findAll(HTMLElement, ".variable", this.#variables)) row.hidden = false;
    if ("highlights" in CSS) CSS.highlights.delete("found");
  }
}
