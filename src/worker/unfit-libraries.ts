/**
 * Modules that are not worth trying to import ahead, by what they were measured to do
 * (docs/explanation/zygote.md), each with all that is beneath it.
 *
 * What is not listed here is found out by the zygote itself, at the price of another start of it.
 */
const unfit: ReadonlySet<string> = new Set([
  "cv2", // LD_LIBRARY_PATH, sys.path
  "jax", // variables of the environment
  "onnxruntime", // a thread, an open database
  "polars", // a thread
  "twisted.internet.reactor", // an epoll descriptor
]);

/** Modules that change others while those are imported, or in place: they must come before all others. */
const patching: ReadonlySet<string> = new Set([
  "ddtrace",
  "eventlet.patcher", // told of only once it has patched something, as the next one
  "gevent.monkey",
  "newrelic.agent",
  "opentelemetry.instrumentation.auto_instrumentation",
]);

/** Modules that a process must not import ahead. */
export class LeftOut {
  readonly #names: Set<string> = new Set(unfit);

  /** @param names of modules, for themselves and for all that is beneath them */
  add(names: readonly string[]): void {
    for (const name of names) this.#names.add(name);
  }

  has(module: string): boolean {
    for (let end = module.indexOf("."); end !== -1; end = module.indexOf(".", end + 1)) {
      if (this.#names.has(module.slice(0, end))) return true;
    }
    return this.#names.has(module);
  }
}

export function patchesInPlace(module: string): boolean {
  return patching.has(module);
}
