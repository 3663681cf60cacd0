import { paintFor, type Paint, type Style } from "../log/colour.ts";
import { escapeLine } from "../log/escape.ts";
import { clockTime } from "../log/local-time.ts";
import type { AccessLineFormat } from "./access-log-format.ts";
import { CLIENT_LEFT, type AccessRecord } from "./access-record.ts";

/** Milliseconds from which a request counts as slow. */
const SLOW = 1000;

/**
 * The lines for somebody who watches: `04:29:59 200 GET  /path?query  3.1 ms  1.2 kB`.
 *
 * Paths can be read (UTF-8 is decoded, control characters are not); clients on other machines are named.
 */
export function terminalFormat(isColoured: boolean): AccessLineFormat {
  const time = clockTime();
  const paint = paintFor(isColoured);
  return (record) => {
    const request = `${record.status} ${requestOf(record)}`;
    const client = isLocal(record.remoteAddress) ? "" : `  ${escapeLine(record.remoteAddress)}`;
    const left = record.status === CLIENT_LEFT ? "  client left" : "";
    const rest = `  ${size(record.bytes)}${client}${left}`;
    return `${paint(time(record.startedAt), "dim")} ${paint(request, ...styleOf(record.status))}  ${duration(record.duration, paint)}${paint(rest, "dim")}\n`;
  };
}

function requestOf({ method, target }: AccessRecord): string {
  return method === "" || method === "-" ? "-" : `${escapeLine(method).padEnd(4)} ${readable(target)}`;
}

/** Werkzeug's colours, but that all of 2xx is as it should be. */
function styleOf(status: number): readonly Style[] {
  if (status >= 500) {
    return ["bold", "magenta"];
  }
  if (status === 404) {
    return ["yellow"];
  }
  if (status >= 400) {
    return ["bold", "red"];
  }
  if (status === 304) {
    return ["cyan"];
  }
  if (status >= 300) {
    return ["green"];
  }
  return status < 200 ? ["bold"] : [];
}

/** Decoded where it is UTF-8. Backslashes are doubled: those of `\xHH` are ours. */
function readable(target: string): string {
  return escapeLine(decoded(target).replaceAll("\\", "\\\\"));
}

function decoded(target: string): string {
  if (!target.includes("%")) {
    return target;
  }
  try {
    return decodeURI(target);
  } catch {
    return target;
  }
}

function duration(milliseconds: number, paint: Paint): string {
  if (milliseconds >= SLOW) {
    return paint(`${(milliseconds / 1000).toFixed(1)} s`, "yellow");
  }
  return paint(`${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`, "dim");
}

function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let amount = bytes;
  let unit = 0;
  // 999.5 would be written 1000.
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return `${unit === 0 || amount >= 99.5 ? Math.round(amount) : amount.toFixed(1)} ${units[unit]}`;
}

function isLocal(address: string): boolean {
  return address === "" || address === "::1" || /^(?:::ffff:)?127\./.test(address);
}
