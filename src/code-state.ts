/**
 * What is known of the code that is served: the door between `reload/`, which learns it, and `http/`,
 * which tells pages and tools. Neither imports the other.
 */
import type { Failure } from "./application.ts";

/** Does the code that is on disk serve? */
export type CodeStatus = "loading" | "ready" | "failed";

/** A file whose change needs no restart, only another look at the page. */
export type AssetRole = "page" | "style" | "script";

export type CodeNews =
  | { readonly kind: "code"; readonly status: CodeStatus; readonly version: string }
  | { readonly kind: "asset"; readonly role: AssetRole; readonly version: string };

export type CodeListener = (news: CodeNews) => void;

/** The state of the code, and who wants to hear of it. */
export class CodeState {
  /** Two runs of the server never share a version. */
  readonly #run: string = Date.now().toString(36);
  readonly #listeners: Set<CodeListener> = new Set();
  #status: CodeStatus = "loading";
  #generation = 0;
  #assets = 0;
  #version = "";

  constructor() {
    this.#changed();
  }

  get status(): CodeStatus {
    return this.#status;
  }

  /** Names what a page was made of: it is out of date when this is another. */
  get version(): string {
    return this.#version;
  }

  /** The version that has failed, of a request that came with version `asked`: the code may have changed since. */
  versionOf(failure: Failure, asked: string): string {
    return failure.kind === "load-failed" && this.#status === "failed" ? this.#version : asked;
  }

  /** Hears of every change from now on; call what is returned to hear no more. */
  subscribe(listener: CodeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The code is being loaded, serves as this generation, or cannot be loaded. */
  became(status: CodeStatus, generation: number): void {
    this.#status = status;
    this.#generation = generation;
    this.#changed();
    this.#tell({ kind: "code", status, version: this.version });
  }

  assetChanged(role: AssetRole): void {
    this.#assets += 1;
    this.#changed();
    this.#tell({ kind: "asset", role, version: this.version });
  }

  /** Made here, since every request notes it. */
  #changed(): void {
    this.#version = `${this.#run}.${this.#generation}.${this.#assets}`;
  }

  #tell(news: CodeNews): void {
    for (const listener of this.#listeners) listener(news);
  }
}
