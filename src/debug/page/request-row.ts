import { markup, type Markup } from "../../http/error-page/markup.ts";
import { INTERNAL_PREFIX } from "../../http/refresh/paths.ts";
import type { RequestSummary } from "../summaries.ts";
import { formatDuration, renderTime } from "./time.ts";

/** One line of the list. Runs in the gateway and in the browser. */
export function renderRequestRow(request: RequestSummary): Markup {
  const { id, at, method, target, status, duration, error, replayOf } = request;
  const failed = error === null && (status ?? 0) < 500 ? "status" : "status failed";
  const details = [
    duration === null ? null : markup`${formatDuration(duration)}`,
    replayOf === null ? null : markup`repeats ${replayOf}`,
    error === null ? null : markup`<a href="${INTERNAL_PREFIX}errors/${error}">error ${error}</a>`,
  ].filter((detail) => detail !== null);
  return markup`<li data-request="${id}"><div class="row">${renderTime(at)} <a class="title" href="${INTERNAL_PREFIX}requests/${id}"><code>${method} ${target}</code></a>\
 <span class="${failed}">${status ?? "…"}</span>\
<span class="detail">${details.map((detail, index) => markup`${index > 0 ? " · " : ""}${detail}`)}</span></div></li>
`;
}
