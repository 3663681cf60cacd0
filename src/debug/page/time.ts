import { markup, type Markup } from "../../http/error-page/markup.ts";

/** A time of day: the developer's, whose machine this is; the date only where it is another day's. */
export function renderTime(at: number, now: number = Date.now()): Markup {
  const date = new Date(at);
  const time = date.toLocaleTimeString("en-GB");
  const isToday = date.toDateString() === new Date(now).toDateString();
  const day = isToday ? "" : `${date.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} `;
  return markup`<time datetime="${date.toISOString()}">${day}${time}</time>`;
}

/** `12 ms`, `1.2 s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000)
    return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
