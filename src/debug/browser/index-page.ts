import { renderErrorRow } from "../page/error-row.ts";
import type { ErrorSummary } from "../summaries.ts";
import { getJson } from "./api.ts";
import { find, fragmentOf } from "./dom.ts";
import { listen } from "./server-events.ts";

/** Keeps the list of errors up to date. */
export function startIndexPage(): void {
  const list = find("#errors");
  let isAsking = false;
  let isStale = false;
  const update = async (): Promise<void> => {
    isStale = true;
    if (isAsking) return;
    isAsking = true;
    try {
      while (isStale) {
        isStale = false;
        // oxlint-disable-next-line no-await-in-loop -- what came meanwhile is asked for again
        const { errors } = (await getJson("errors")) as { readonly errors: readonly ErrorSummary[] };
        showErrors(list, errors);
      }
    } catch {
      // The list stays as it was; the next event asks again.
    } finally {
      isAsking = false;
    }
  };
  listen({ error: () => void update(), state: () => void update() });
}

/** New ones come on top, and what is not kept any more goes; the others stay the elements that they were. */
function showErrors(list: Element, errors: readonly ErrorSummary[]): void {
  const shown = new Map([...list.children].map((row) => [row.getAttribute("data-error"), row]));
  for (const [index, error] of errors.entries()) {
    const fresh = fragmentOf(renderErrorRow(error)).firstElementChild;
    if (fresh === null) continue;
    const old = shown.get(String(error.id));
    shown.delete(String(error.id));
    if (old?.textContent === fresh.textContent) continue;
    if (old !== undefined) old.replaceWith(fresh);
    else list.insertBefore(fresh, list.children[index] ?? null);
  }
  for (const gone of shown.values()) gone.remove();
  find(".empty").hidden = errors.length > 0;
}
