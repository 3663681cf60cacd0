import { getText } from "./api.ts";
import { element } from "./dom.ts";
import { complain, say } from "./toast.ts";

/** Copies an error: as Markdown for an issue, or as text. */
export async function copyError(id: string, format: "markdown" | "text"): Promise<void> {
  const text =
    format === "markdown"
      ? getText(`errors/${id}?format=markdown`, "text/markdown")
      : getText(`errors/${id}?format=text`, "text/plain");
  try {
    await write(text);
    say(format === "markdown" ? "Copied as Markdown." : "Copied as text.");
  } catch (error) {
    // The server's refusal is one; the browser's leaves the text to be copied by hand.
    text.then(showText, complain);
    if (!(error instanceof DOMException)) complain(error);
  }
}

async function write(text: Promise<string>): Promise<void> {
  const { clipboard } = navigator as { readonly clipboard?: Clipboard };
  // Only in secure contexts, as localhost is.
  if (clipboard === undefined) throw new DOMException("There is no clipboard.");
  await clipboard.writeText(await text);
}

function showText(text: string): void {
  const area = element("textarea", { readonly: true, rows: "20", "aria-label": "Text to copy" });
  area.value = text;
  const close = element("button", { type: "button", click: () => dialog.close() }, "Close");
  const dialog = element(
    "dialog",
    { class: "copy", "aria-label": "Copy" },
    area,
    element("p", { class: "buttons" }, close),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  area.select();
}
