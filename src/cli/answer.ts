import type { Environment } from "../settings/environment.ts";
import { readProject } from "./asked-project.ts";
import { DebugClient } from "./debug-client.ts";
import { answerErrors } from "./errors.ts";
import { findServer, type ReadServerFiles } from "./find-server.ts";
import { renderQuestionHelp } from "./question-help.ts";
import type { Question } from "./question.ts";
import { answerReplay } from "./replay.ts";
import { answerRequests } from "./requests.ts";
import type { Output } from "./terminal.ts";

/** Where a question is asked. */
export interface Situation {
  readonly environment: Environment;
  /** The current folder. */
  readonly directory: string;
  readonly readServerFiles: ReadServerFiles;
}

/**
 * Asks the server that runs, and prints what it says.
 *
 * @param aside standard error, so that scripts get answers only
 * @returns the exit code
 * @throws HighballError
 */
export async function answer(
  question: Question,
  output: Output,
  aside: Output,
  { environment, directory, readServerFiles }: Situation,
): Promise<number> {
  if (question.help) {
    output.line(renderQuestionHelp(question.word, output.paint));
    return 0;
  }
  const project = await readProject(question, environment, directory);
  const client = new DebugClient(findServer(question, project.folder, readServerFiles));
  const answers = { errors: answerErrors, requests: answerRequests, replay: answerReplay } as const;
  return answers[question.word]({ question, client, output, aside, project, environment });
}
