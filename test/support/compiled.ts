import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Compiles `src/` as it is now into a folder of its own, for tests that need Highball's code in a
 * process of theirs (the oldest Node that we support runs no TypeScript).
 *
 * @returns the folder, to remove after the tests
 */
export function compileSources(): string {
  const folder = mkdtempSync(join(tmpdir(), "highball-compiled-"));
  const root = new URL("../../", import.meta.url).pathname;
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const result = spawnSync(
    process.execPath,
    [compiler, "-p", "tsconfig.build.json", "--outDir", folder, "--declaration", "false"],
    { cwd: root, encoding: "utf8" },
  );
  if (!existsSync(join(folder, "errors.js"))) {
    throw new Error(`tsc has written nothing: ${result.stdout}${result.stderr}`);
  }
  return folder;
}
