import { markup, type Markup } from "../../http/error-page/markup.ts";
import { INTERNAL_PREFIX } from "../../http/refresh/paths.ts";
import type { ReplayAnswer } from "../replay-answer.ts";
import { locationOf, mediaType, describeAnswer } from "./answer-words.ts";
import { table } from "./field-table.ts";
import { layOutJson } from "./json-layout.ts";

/**
 * What a request that was sent again was answered with, secrets unreadable. Runs in the browser.
 *
 * @param request that it was kept as
 */
export function renderAnswer(answer: ReplayAnswer, request: number): Markup {
  const { status, reason, headers } = answer;
  const location = locationOf(answer);
  return markup`<h2 id="answer-title">Response <small>${status} ${reason}</small></h2>
<p class="facts quiet">${describeAnswer(answer)}, kept as <a href="${INTERNAL_PREFIX}requests/${request}">request ${request}</a></p>
${location === null ? null : markup`<p class="facts">It leads to <code>${location}</code>, which was not asked for.</p>\n`}\
${renderBody(answer)}\
${table("Headers", headers, false)}\
`;
}

const ENDS: Readonly<Record<ReplayAnswer["end"], string>> = {
  whole: "",
  broken: "The response broke off here.",
  unfinished: "The response went on, and was read no further.",
};

function renderBody(answer: ReplayAnswer): Markup {
  const { body, bodyIsCut, bodySize, contentCoding } = answer;
  const end = ENDS[answer.end];
  const ended = end === "" ? null : markup`<p class="cut">${end}</p>\n`;
  if (bodySize === 0) return markup`${ended}`;
  if (body === null) {
    const why = contentCoding === "" ? "It is no text." : "It is no text, or cannot be unpacked.";
    return markup`<p class="facts quiet">${why}</p>\n${ended}`;
  }
  const cut = bodyIsCut ? markup`<p class="cut">… the first 64 KiB of it</p>\n` : null;
  return markup`<details class="part" open><summary>Body</summary>
<pre tabindex="0" role="region" aria-label="Body of the response">
${laidOut(answer, body)}</pre>
${cut}${ended}</details>
`;
}

function laidOut({ contentType, bodyIsCut, end }: ReplayAnswer, body: string): string {
  const media = mediaType(contentType);
  const isJson = media === "application/json" || media.endsWith("+json");
  return isJson ? layOutJson(body, bodyIsCut || end !== "whole") : body;
}
