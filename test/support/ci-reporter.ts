import type { Reporter, TestCase, TestModule } from "vitest/node";

/**
 * What a CI log needs, and nothing else: what failed, and what passed only when it was tried again.
 *
 * The machine is shared, and some tests hold real servers to real deadlines; a test that a second
 * try passes is named, so that somebody looks at it, and is no reason to throw the run away.
 */
export class CiReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const module of modules) {
      for (const error of module.errors()) tell("FAILED", module.moduleId, error.stack ?? error.message);
      for (const suite of module.children.allSuites())
        for (const error of suite.errors())
          tell("FAILED", `${module.relativeModuleId} > ${suite.fullName}`, error.stack ?? error.message);
      for (const test of module.children.allTests()) this.#look(module, test);
    }
  }

  #look(module: TestModule, test: TestCase): void {
    const result = test.result();
    const errors = (result.errors ?? []).map((error) => error.stack ?? error.message).join("\n");
    const name = `${module.relativeModuleId} > ${test.fullName}`;
    if (result.state === "failed") tell("FAILED", name, errors);
    else if (test.diagnostic()?.flaky === true) tell("PASSED ON A SECOND TRY", name, errors);
  }
}

function tell(what: string, name: string, errors: string): void {
  console.log(`${what} ${name}\n${errors.slice(0, 2_000)}\n`);
}
