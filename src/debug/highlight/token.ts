export type TokenKind =
  | "keyword"
  | "string"
  | "number"
  | "comment"
  | "name"
  /** A name where it is defined. */
  | "definition"
  | "decorator"
  | "builtin"
  | "operator"
  /** Spaces, and what is none of the others. */
  | "plain";

/** Characters in a row that are coloured alike. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

/** One line while it is cut into tokens: none can be lost, since each begins where the one before ended. */
export class Line {
  readonly text: string;
  /** Where the next token begins. */
  at = 0;
  readonly #tokens: { kind: TokenKind; text: string }[] = [];

  constructor(text: string) {
    this.text = text;
  }

  get isOver(): boolean {
    return this.at >= this.text.length;
  }

  /** The tokens so far. */
  get tokens(): readonly Token[] {
    return this.#tokens;
  }

  /** Cuts up to `end`; what is of the kind of the token before goes to that. */
  take(kind: TokenKind, end: number): void {
    const text = this.text.slice(this.at, end);
    if (text === "") return;
    this.at += text.length;
    const last = this.#tokens.at(-1);
    if (last?.kind === kind) last.text += text;
    else this.#tokens.push({ kind, text });
  }

  /** What a sticky expression finds here; empty if nothing. */
  match(sticky: RegExp): string {
    sticky.lastIndex = this.at;
    return sticky.exec(this.text)?.[0] ?? "";
  }

  startsWith(text: string): boolean {
    return this.text.startsWith(text, this.at);
  }
}
