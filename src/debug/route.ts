import type { GatewayAnswer } from "../http/error-page.ts";
import type { Refusal } from "./refusal.ts";
import type { DebugVisit } from "../http/debug-door.ts";

/** An answer, or why there is none. */
export type Outcome = GatewayAnswer | { readonly refusal: Refusal };

type Handler = (visit: DebugVisit) => Outcome | Promise<Outcome>;

/** What can be done at one address. */
export interface Route {
  readonly get?: Handler;
  readonly post?: Handler;
  /** A POST needs no token: it is how one comes by it. */
  readonly isForLocked?: true;
  /** A POST runs code. */
  readonly evaluates?: true;
}

/** A part of a path that names one of many: a whole number from 1, written in the one way that there is. */
export function readId(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,15}$/.test(text) && Number.isSafeInteger(Number(text))
    ? Number(text)
    : null;
}
