import type { ItemModel, ValueModel } from "../error-model.ts";

/**
 * A value on one line, as `repr()` would write it: `Cart(owner='ada', items=[3, 4, … 120 more])`.
 *
 * @param limit characters, about; what is beyond is told as `…`
 */
export function valueText(value: ValueModel, limit: number = Number.POSITIVE_INFINITY): string {
  const writer = new ValueWriter(limit);
  writer.value(value);
  return writer.text;
}

class ValueWriter {
  text = "";
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  value(value: ValueModel): void {
    switch (value.kind) {
      case "items":
        return this.#items(value);
      case "broken":
        return this.#add(`<${value.type}: ${value.text}>`);
      case "plain":
      case "text":
      case "literal":
        this.#add(value.text);
        if (value.cut > 0) this.#add(`… ${value.cut} more characters`);
    }
  }

  get #isFull(): boolean {
    return this.text.length >= this.#limit;
  }

  #items({ opening, items, more, closing }: ValueModel & { kind: "items" }): void {
    this.#add(opening);
    for (const [index, item] of items.entries()) {
      if (this.#isFull) return;
      if (index > 0) this.#add(", ");
      this.#item(item);
    }
    if (more > 0) this.#add(`${items.length > 0 ? ", " : ""}… ${more} more`);
    this.#add(closing);
  }

  #item({ key, value }: ItemModel): void {
    if (typeof key === "string") this.#add(`${key}=`);
    else if (key !== null) {
      this.value(key);
      this.#add(": ");
    }
    this.value(value);
  }

  #add(text: string): void {
    if (this.#isFull) return;
    const room = this.#limit - this.text.length;
    const line = oneLine(text);
    this.text += line.length > room ? `${cut(line, room - 1)}…` : line;
  }
}

/** Line ends as Python's own strings have them. */
function oneLine(text: string): string {
  return text.replaceAll("\n", "\\n").replaceAll("\t", "\\t").replaceAll("\r", "\\r");
}

/** Not within a character of two units. */
function cut(text: string, length: number): string {
  const end = Math.max(0, length);
  return /[\uD800-\uDBFF]/.test(text[end - 1] ?? "") ? text.slice(0, end - 1) : text.slice(0, end);
}
