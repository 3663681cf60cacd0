import { element } from "./dom.ts";

const shown = element("p", { class: "toast", role: "status", hidden: true });
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says something for a moment. */
export function say(text: string): void {
  if (!shown.isConnected) document.body.append(shown);
  clearTimeout(timer);
  shown.hidden = false;
  shown.textContent = text;
  timer = setTimeout(() => {
    shown.hidden = true;
  }, 4000);
}

/** Tells why something did not work. */
export function complain(error: unknown): void {
  say(error instanceof Error ? error.message : String(error));
}
