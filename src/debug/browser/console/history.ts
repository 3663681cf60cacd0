import { recall, remember } from "../memory.ts";

const KEPT = 200;

/** What was run before in the consoles of a project, as long as the tab is open. */
export class History {
  readonly #key: string;
  #entries: readonly string[];

  constructor(project: string) {
    this.#key = `history ${project}`;
    this.#entries = read(this.#key);
  }

  add(code: string): void {
    if (this.#entries.at(-1) === code) return;
    this.#entries = [...this.#entries, code].slice(-KEPT);
    remember("session", this.#key, JSON.stringify(this.#entries));
  }

  /** @param back 1 is the last one */
  at(back: number): string | undefined {
    return this.#entries.at(-back);
  }

  get length(): number {
    return this.#entries.length;
  }
}

function read(key: string): readonly string[] {
  try {
    const kept: unknown = JSON.parse(recall("session", key) ?? "[]");
    return Array.isArray(kept) ? kept.filter((entry) => typeof entry === "string") : [];
  } catch {
    return [];
  }
}
