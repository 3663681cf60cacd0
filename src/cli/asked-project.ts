import { HighballError } from "../errors.ts";
import type { Environment } from "../settings/environment.ts";
import type { Layer } from "../settings/layer.ts";
import { resolveInputs } from "../settings/resolve.ts";
import type { Question } from "./question.ts";

/** The project whose server is asked, as far as its settings tell. */
export interface AskedProject {
  /** That the server was given, whichever way. */
  readonly folder: string;
  /** What opens files. */
  readonly editor: string;
}

/**
 * Reads the settings of the project.
 *
 * @param directory the current folder
 * @throws HighballError what is wrong with them, unless the server was named
 */
export async function readProject(
  { url, chdir }: Pick<Question, "url" | "chdir">,
  environment: Environment,
  directory: string,
): Promise<AskedProject> {
  const flags: Layer =
    chdir === null
      ? new Map()
      : new Map([["chdir", { raws: [chdir], origin: { kind: "flag", name: "--chdir" }, directory }]]);
  try {
    const { values } = await resolveInputs({ mode: "development", flags, environment, directory });
    return { folder: values.chdir, editor: values.editor };
  } catch (error) {
    if (url === null || !(error instanceof HighballError)) throw error;
    return { folder: directory, editor: "auto" };
  }
}
