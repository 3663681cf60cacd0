/** What the routes look at of a request is what `http/` hands them. */
export type { DebugVisit } from "../http/debug-door.ts";
