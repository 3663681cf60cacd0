import type { Log } from "../log.ts";
import type { Change } from "./watcher.ts";

/** Changed files that are named in one line. */
const NAMED = 3;
/** Modules that a verbose report names. */
const SLOWEST = 5;

/** Tells in the log what the reloader does, in the words that Werkzeug's users and tools know. */
export class ReloadReport {
  readonly #log: Log;
  readonly #verbose: boolean;
  /** As Werkzeug's lines name the way in which changes are noticed. */
  readonly #type: () => "native" | "stat";
  #told: string = "";

  constructor(log: Log, verbose: boolean, type: () => "native" | "stat") {
    this.#log = log;
    this.#verbose = verbose;
    this.#type = type;
  }

  detected(changes: readonly Change[]): void {
    const paths = [...new Set(changes.map(({ path }) => path))];
    const named = paths.slice(0, NAMED).map((path) => `'${path}'`);
    const more = paths.length > NAMED ? ` and ${paths.length - NAMED} more` : "";
    if (paths.length > 0) this.#log.info(` * Detected change in ${named.join(", ")}${more}, reloading`);
    this.#log.info(` * Restarting with ${this.#type()}`);
  }

  loaded(milliseconds: number, slowest: readonly (readonly [string, number])[]): void {
    const modules = slowest.slice(0, SLOWEST).map(([name, cost]) => `${name} ${Math.round(cost)} ms`);
    const because = this.#verbose && modules.length > 0 ? `; slowest imports: ${modules.join(", ")}` : "";
    this.#log.info(` * Ready after ${Math.round(milliseconds)} ms${because}`);
  }

  /** @param text empty where it was said already */
  failed(text: string): void {
    if (text !== "") this.#log.error(text);
  }

  waitsForPrompt(): void {
    this.#log.info(" * The code has changed; it is loaded again when the debugger's prompt is closed");
  }

  restless(paths: readonly string[]): void {
    const [path = ""] = paths;
    if (path === this.#told) return;
    this.#told = path;
    this.#log.warning(
      `"${path}" changes whenever the application is loaded. If the application writes it, leave it out: ` +
        `--reload-exclude "${path}"`,
    );
  }
}
