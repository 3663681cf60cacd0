import { markup, type Markup } from "../../http/error-page/markup.ts";
import type { ItemModel, ValueModel } from "../../error-model.ts";

/** Characters of a container that stand in one line without folding, and in the line that stands for a folded one. */
const INLINE = 60;
const PREVIEW = 100;
/** Characters of a text that are shown before it is unfolded. */
const CLIP = 160;

type Items = Extract<ValueModel, { kind: "items" }>;
type Leaf = Exclude<ValueModel, { kind: "items" }>;

/** An object: containers and long texts fold. Runs in the gateway and in the browser. */
export function renderValue(value: ValueModel): Markup {
  return value.kind === "items" ? renderItems(value) : renderLeaf(value);
}

function renderLeaf(value: Leaf): Markup {
  const { kind, text, cut } = value;
  const rest = cut === 0 ? null : markup`<span class="cut">… ${count(cut, "more character")}</span>`;
  const type = kind === "plain" && !text.includes(lastOf(value.type)) ? typeOf(value.type) : null;
  if (text.length <= CLIP) return markup`<code class="value ${kind}">${text}</code>${rest}${type}`;
  return markup`<details class="long"><summary><code class="value ${kind}">${text.slice(0, CLIP)}<span class="cut">…</span></code><small class="less">less</small></summary>\
<code class="value ${kind}">${text}</code>${rest}</details>${type}`;
}

function renderItems(value: Items): Markup {
  const { opening, closing, items, more } = value;
  const preview = previewOf(value, PREVIEW);
  if (more === 0 && preview.length <= INLINE && !items.some(isNested))
    return markup`<code class="value">${preview}</code>`;
  return markup`<details class="items"><summary><code class="value"><span class="preview">${preview}</span>\
<span class="opening">${opening}</span></code>${typeOf(sizeOf(value))}</summary>
<ul>${items.map((item) => markup`<li>${renderKey(item.key)}${renderValue(item.value)}</li>\n`)}\
${more === 0 ? null : markup`<li class="cut">… ${count(more, "more item")}</li>`}</ul>\
<code class="value">${closing}</code></details>`;
}

function renderKey(key: ItemModel["key"]): Markup | null {
  if (key === null) return null;
  if (typeof key === "string") return markup`<code class="key field">${key}</code><code class="is">=</code>`;
  if (key.kind === "items")
    return markup`<code class="key">${previewOf(key, INLINE)}</code><code class="is">: </code>`;
  return markup`<code class="key value ${key.kind}">${key.text}</code><code class="is">: </code>`;
}

/** `dict · 3 items`; `2 fields` where the type stands at the beginning. */
function sizeOf({ type, opening, items, more }: Items): string {
  const noun = typeof items[0]?.key === "string" ? "field" : "item";
  const size = count(items.length + more, noun);
  return opening.includes(lastOf(type)) ? size : `${type} · ${size}`;
}

function typeOf(type: string): Markup {
  return markup`<small class="type">${type}</small>`;
}

function isNested({ key, value }: ItemModel): boolean {
  return isFull(value) || (key !== null && typeof key !== "string" && isFull(key));
}

function isFull(value: ValueModel): boolean {
  return value.kind === "items" ? value.items.length + value.more > 0 : value.cut > 0;
}

/** A value in one line, about as long as the room there is. */
export function previewOf(value: ValueModel, room: number): string {
  if (value.kind !== "items") {
    const whole = value.text.length <= room && value.cut === 0;
    return whole ? value.text : `${value.text.slice(0, Math.max(room - 1, 1))}…`;
  }
  let text = value.opening;
  for (const [index, { key, value: item }] of value.items.entries()) {
    if (index > 0) text += ", ";
    const left = room - text.length - value.closing.length;
    if (left < 4) return `${text}…${value.closing}`;
    if (typeof key === "string") text += `${key}=`;
    else if (key !== null) text += `${previewOf(key, left)}: `;
    text += previewOf(item, Math.max(left, 4));
  }
  if (value.more > 0) text += value.items.length > 0 ? ", …" : "…";
  return text + value.closing;
}

function lastOf(type: string): string {
  return type.slice(type.lastIndexOf(".") + 1);
}

/** `1 item`, `2,000 items`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}
