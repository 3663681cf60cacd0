import type { ReplayAnswer } from "../replay-answer.ts";
import { count } from "./value.ts";

/** `application/json, 1,234 bytes`. */
export function describeAnswer({ contentType, contentCoding, bodySize }: ReplayAnswer): string {
  const parts = [
    mediaType(contentType),
    bodySize === 0
      ? "no body"
      : `${count(bodySize, "byte")}${contentCoding === "" ? "" : ` as ${contentCoding}`}`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}

/** Where a redirect leads; null where it is none. */
export function locationOf({ status, headers }: ReplayAnswer): string | null {
  if (status < 300 || status > 399) return null;
  return headers.find(([name]) => name.toLowerCase() === "location")?.[1] ?? null;
}

/** In lower case, without parameters; empty where there is none. */
export function mediaType(contentType: string): string {
  return (contentType.split(";")[0] ?? "").trim().toLowerCase();
}
