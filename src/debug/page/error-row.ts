import { markup, type Markup } from "../../http/error-page/markup.ts";
import { INTERNAL_PREFIX } from "../../http/refresh/paths.ts";
import type { ErrorPlace } from "../error-record.ts";
import type { CodePlace, ErrorSummary } from "../summaries.ts";
import { renderTime } from "./time.ts";

/** Where an error came up, in a few words; nothing where that is the rule. */
export const PLACES: Readonly<Record<ErrorPlace, string>> = {
  request: "",
  stream: "while the response was sent",
  close: "when the response was closed",
  thread: "in a thread of the application",
  load: "while the code was loaded",
  crash: "the worker process ended",
  response: "not a valid response",
};

/** Nothing is lost where nobody has held any. */
const WITHOUT_FRAMES: ReadonlySet<ErrorPlace> = new Set<ErrorPlace>(["load", "crash", "response"]);

/** The end of a path tells files apart; the whole of it would be most of the line. */
function renderCodePlace({ file, line, function: name }: CodePlace): Markup {
  const short = file.split(/[/\\]/).slice(-2).join("/");
  const at = markup`<code>${line > 0 ? `${short}:${line}` : short}</code>`;
  return name === "" ? at : markup`<code>${name}</code> in ${at}`;
}

/** One line of the list, and a second one that says where it was. Runs in the gateway and in the browser. */
export function renderErrorRow(error: ErrorSummary): Markup {
  const { id, at, title, place, request, where, isGone } = error;
  const details = [
    request === null ? null : markup`<code>${request.method} ${request.target}</code>`,
    PLACES[place] === "" ? null : markup`${PLACES[place]}`,
    where === null ? null : renderCodePlace(where),
    isGone && !WITHOUT_FRAMES.has(place) ? markup`its process has ended` : null,
  ].filter((detail) => detail !== null);
  return markup`<li data-error="${id}"><a href="${INTERNAL_PREFIX}errors/${id}">${renderTime(at)} <span class="title">${title}</span>\
<span class="detail">${details.map((detail, index) => markup`${index > 0 ? " · " : ""}${detail}`)}</span></a></li>
`;
}
