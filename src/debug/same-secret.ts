import { createHash, timingSafeEqual } from "node:crypto";

/** Whether two secrets are the same, in a time that says neither where they differ nor how long they are. */
export function sameSecret(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
