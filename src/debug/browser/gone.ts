import { GONE } from "../page/gone.ts";
import { ApiError, getJson } from "./api.ts";
import { find, fragmentOf } from "./dom.ts";

/** Milliseconds that the process of the old code may take to end. */
const LATER = 1500;

/** After new code was loaded: says that the frames of the page are gone, before somebody writes in them. */
export async function lookForFrames(): Promise<void> {
  if ((await tellIfGone()) === "there") setTimeout(() => void tellIfGone(), LATER);
}

async function tellIfGone(): Promise<"there" | "gone"> {
  const { dataset } = document.body;
  let isKept = true;
  if (dataset["gone"] === "true" || dataset["evaluates"] !== "true") return "gone";
  try {
    const { error } = (await getJson(`errors/${dataset["error"]}`)) as { error: { isGone: boolean } };
    if (!error.isGone) return "there";
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "GONE") return "there";
    isKept = false;
  }
  // Twice asked for, once said.
  if (dataset["gone"] === "true") return "gone";
  dataset["gone"] = "true";
  find(".headline").after(fragmentOf(GONE));
  // Nor is the request that it says to send again: the bar says that too.
  if (!isKept) find(".headline + .notice .hint").remove();
  const { activeElement } = document;
  if (activeElement?.closest(".console")) find(".panel.chosen").focus({ preventScroll: true });
  return "gone";
}
