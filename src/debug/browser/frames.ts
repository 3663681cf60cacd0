import { findAll } from "./dom.ts";

/** Links to the places of an error, and their panels, of which one is seen. */
export class Frames {
  readonly #links: readonly HTMLAnchorElement[] = findAll(HTMLAnchorElement, ".frames a.frame");
  readonly #panels = new Map(findAll(HTMLElement, ".panels > .panel").map((panel) => [panel.id, panel]));
  readonly #chosen: (panel: HTMLElement) => void;
  #current: HTMLElement | null = null;

  /** @param chosen is told of every panel that comes to be seen */
  constructor(chosen: (panel: HTMLElement) => void) {
    this.#chosen = chosen;
    // Links to places are in the headline too.
    document.addEventListener("click", (event) => this.#click(event));
    addEventListener("hashchange", () => this.#choose(location.hash.slice(1)));
  }

  /** The panel that is seen; null where an error has no place. */
  get current(): HTMLElement | null {
    return this.#current;
  }

  /** Shows the place that the address names, or the one that the page begins with. */
  begin(): void {
    const first = this.#links.find((link) => link.hasAttribute("aria-current")) ?? this.#links.at(-1);
    if (!this.#choose(location.hash.slice(1)) && first !== undefined) this.#choose(idOf(first));
    this.#bringIntoSight();
  }

  /** Goes up or down in the list as it is seen: folded frames are passed over. */
  step(by: 1 | -1): void {
    const seen = this.#links.filter((link) => link.offsetParent !== null);
    const at = seen.findIndex((link) => link.hasAttribute("aria-current"));
    const next = seen[at + by] ?? seen[at];
    if (next === undefined) return;
    this.#choose(idOf(next));
    next.focus();
  }

  /** Unfolds all library frames, or folds them all again. */
  toggleFolds(): void {
    const folds = findAll(HTMLDetailsElement, ".fold > details");
    const open = folds.some((fold) => !fold.open);
    for (const fold of folds) fold.open = open;
    this.#bringIntoSight();
  }

  /** The list scrolls on its own: what is chosen may be far down in it. */
  #bringIntoSight(): void {
    const link = this.#links.find((each) => each.hasAttribute("aria-current"));
    const list = link?.closest<HTMLElement>(".frames");
    if (link === undefined || !list || link.offsetParent === null) return;
    const top = link.offsetTop - list.scrollTop;
    if (top < 0 || top + link.offsetHeight > list.clientHeight) {
      list.scrollTop = link.offsetTop - list.clientHeight / 2;
    }
  }

  #click(event: MouseEvent): void {
    const link =
      event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href^='#frame-']") : null;
    if (link === null || event.ctrlKey || event.metaKey || event.shiftKey || !this.#choose(idOf(link)))
      return;
    event.preventDefault();
    const panel = this.#current;
    if (panel === null) return;
    // By the keyboard: it goes on where the answer is.
    if (event.detail === 0) panel.focus({ preventScroll: true });
    if (panel.getBoundingClientRect().top > innerHeight * 0.6) panel.scrollIntoView();
  }

  #choose(id: string): boolean {
    const panel = this.#panels.get(id);
    if (panel === undefined) return false;
    this.#current = panel;
    for (const each of this.#panels.values()) each.classList.toggle("chosen", each === panel);
    for (const link of this.#links) {
      if (idOf(link) !== id) link.removeAttribute("aria-current");
      else {
        link.setAttribute("aria-current", "true");
        const fold = link.closest("details");
        if (fold !== null) fold.open = true;
      }
    }
    this.#chosen(panel);
    showMark(panel);
    return true;
  }
}

/** In a line of thousands of characters what failed may be far to the right. */
function showMark(panel: HTMLElement): void {
  const source = panel.querySelector(".source");
  const mark = source?.querySelector("mark");
  if (!source || !mark || source.scrollLeft > 0) return;
  const room = source.getBoundingClientRect();
  const { left, right } = mark.getBoundingClientRect();
  // What does not fit is read from where it begins: as long as that is in sight nothing is moved.
  if (right - left > room.width - 128 && left < room.left + room.width / 2) return;
  if (right > room.right) source.scrollLeft = Math.min(right - room.right + 32, left - room.left - 96);
}

function idOf(link: HTMLAnchorElement): string {
  return link.hash.slice(1);
}
