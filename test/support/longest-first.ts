import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that run for minutes: begun last they would keep one processor waiting for the other. */
const LONGEST = ["unit/python.test.ts", "contract/wsgi.test.ts", "contract/reload-stress.test.ts"];

/** Begins the files that take longest first. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- the sequencer's, not an array's
    const usual: readonly TestSpecification[] = await super.sort(files);
    return usual.toSorted((a, b) => rank(a) - rank(b));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const place = LONGEST.findIndex((name) => moduleId.endsWith(name));
  return place === -1 ? LONGEST.length : place;
}
