/**
 * Libraries that a zygote must not import, by what they were measured to do (docs/explanation/zygote.md).
 *
 * What is not listed here is found out by the zygote itself, at the price of one more start.
 */
const denied: ReadonlySet<string> = new Set(["grpc", "torch", "tensorflow", "ddtrace", "newrelic"]);

/** Libraries that replace parts of the standard library, and must come before all others. */
const patching: ReadonlySet<string> = new Set(["gevent.monkey", "eventlet"]);

export function isDenied(module: string): boolean {
  const [library = ""] = module.split(".", 1);
  return denied.has(library);
}

export function patchesInPlace(module: string): boolean {
  return patching.has(module);
}
