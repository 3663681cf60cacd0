import { existsSync } from "node:fs";
import { join } from "node:path";
import { HighballError } from "../errors.ts";
import { nearest } from "./nearest.ts";
import type { Origin } from "./origin.ts";
import { questionWords, subcommands } from "./flags.ts";

/** Flask's two first, then what else applications are called; a worker knows what manage.py means. */
const usualNames = ["wsgi.py", "app.py", "main.py", "manage.py"] as const;

/**
 * The application of a folder where none was named.
 *
 * @throws HighballError APPLICATION_NOT_FOUND
 */
export function findApplication(folder: string): { application: string; origin: Origin } {
  const application = usualNames.find((name) => existsSync(join(folder, name)));
  if (application !== undefined) return { application, origin: { kind: "found", path: folder } };
  throw new HighballError(
    "APPLICATION_NOT_FOUND",
    `No application was named, and "${folder}" has none of ${usualNames.join(", ")}.`,
    {
      hint: [
        "Name it, as a module or a file: highball myproject:app",
        "FLASK_APP, or app in highball.toml or [tool.highball] of pyproject.toml, name it for good.",
      ].join("\n"),
    },
  );
}

/** What to type, when the application that does not exist looks like a subcommand or one of another server. */
export function subcommandHint(application: string): string | undefined {
  if (["run", "serve", "start", "server", "prod", "production"].includes(application)) {
    return "Serving needs no word: highball [APP]";
  }
  const word = ["develop", "development", "runserver", "watch"].includes(application)
    ? "dev"
    : nearest(application, [...subcommands, ...questionWords]);
  return word === undefined ? undefined : `Did you mean: highball ${word}`;
}
