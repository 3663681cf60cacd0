import type { Markup } from "../../http/error-page/markup.ts";

interface HtmlPolicy {
  createHTML(text: string): string;
}

interface TrustedTypes {
  createPolicy(name: string, rules: HtmlPolicy): HtmlPolicy;
}

// Not in TypeScript's library yet. What comes here was made by `markup`, which escapes: the only place where text becomes HTML.
const trusted = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
const policy: HtmlPolicy = trusted?.createPolicy("highball", { createHTML: (text) => text }) ?? {
  createHTML: (text) => text,
};

/** Elements of what was rendered as text. */
export function fragmentOf(markup: Markup): DocumentFragment {
  const template = document.createElement("template");
  template.innerHTML = policy.createHTML(markup.text);
  return template.content;
}

type Properties = Readonly<Record<string, string | boolean | ((event: Event) => void)>>;
type Child = Node | string | null;

/** Makes an element: functions are listeners, everything else attributes. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (typeof value === "boolean") made.toggleAttribute(key, value);
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** The element that a page has for sure: its HTML is ours. */
export function find(selector: string, root: ParentNode = document): HTMLElement {
  const found = root.querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`The page has no ${selector}.`);
  return found;
}

/** All elements of a kind that a selector finds. */
export function findAll<Kind extends HTMLElement>(
  kind: new () => Kind,
  selector: string,
  root: ParentNode = document,
): readonly Kind[] {
  return [...root.querySelectorAll(selector)].filter((each): each is Kind => each instanceof kind);
}

/** Whether keys that are pressed are text there. */
export function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  );
}
