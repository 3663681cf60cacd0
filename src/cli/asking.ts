import type { Environment } from "../settings/environment.ts";
import type { AskedProject } from "./asked-project.ts";
import type { DebugClient } from "./debug-client.ts";
import type { Question } from "./question.ts";
import type { Output } from "./terminal.ts";

/** What a question is asked with. */
export interface Asking {
  readonly question: Question;
  readonly client: DebugClient;
  readonly output: Output;
  /** For what is no part of an answer: hints, and the end of a stream. */
  readonly aside: Output;
  readonly project: AskedProject;
  readonly environment: Environment;
}
