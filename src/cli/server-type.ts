import type { Log } from "../log.ts";
import type { Server as ServingServer } from "../serve.ts";

/** What the command needs of a server. */
export type Server = Pick<
  ServingServer,
  "urls" | "python" | "application" | "inFlight" | "close" | "kill" | "finished"
> & {
  readonly log?: Log;
};
