import type { Environment } from "../settings/environment.ts";
import { readProject } from "./asked-project.ts";
import { DebugClient } from "./debug-client.ts";
import { answerErrors } from "./errors.ts";
import { findServer, type ServerFiles, urlFlag } from "./find-server.ts";
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
  readonly serverFiles: ServerFiles;
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
  { environment, directory, serverFiles }: Situation,
): Promise<number> {
  if (question.help) {
    output.line(renderQuestionHelp(question.word, output.paint));
    return 0;
  }
  const project = await readProject(question, environment, directory);
  const { server, others } = await findServer(question, project.folder, directory, serverFiles);
  const client = new DebugClient(server);
  if (others.length > 0) {
    aside.line(
      `Of ${others.length + 1} servers that run here, ${client.url} is asked, the newest. Others: ${others.map(urlFlag).join(", ")}`,
    );
  }
  const answers = { errors: answerErrors, requests: answerRequests, replay: answerReplay } as const;
  return answers[question.word]({ question, client, output, aside, project, environment });
}
