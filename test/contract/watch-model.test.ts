import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  type Stats,
} from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { makeFolder } from "../support/folder.ts";
import { watchRoot } from "../support/watched.ts";

/** What can be done to a tree; a place is a path below the base, in the project or beside it. */
type Operation =
  | { readonly kind: "write" | "replace" | "append" | "folder"; readonly at: string; readonly text: string }
  | { readonly kind: "delete" | "touch" | "mode" | "same"; readonly at: string }
  | { readonly kind: "rename" | "link"; readonly at: string; readonly to: string }
  | { readonly kind: "look" };

const place = fc.constantFrom(
  "project",
  "project/a",
  "project/b",
  "project/a/a",
  "project/a/b",
  "aside/c",
  "aside/d",
);
// The names of what reloads, which looks compare by themselves, and of what only events tell.
const name = fc.constantFrom("x.py", "y.css", "z");
const file = fc.tuple(place, name).map((parts) => parts.join("/"));
const inner = place.filter((path) => path !== "project");
const text = fc.constantFrom("one", "two", "six", "eleven");

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom("write", "replace", "append"), at: file, text }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("folder"), at: inner, text }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("delete"), at: fc.oneof(file, inner) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("touch", "mode", "same"), at: file }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("rename"), at: file, to: file }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("rename"), at: inner, to: inner }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("link"), at: file, to: file }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("link"),
      at: inner.filter((path) => path.startsWith("project")),
      to: fc.constantFrom("aside/c", "aside/d"),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("look") }) },
);

/** Does it if it can be done. */
function perform(base: string, step: Operation): void {
  if (step.kind === "look") return;
  const at = join(base, step.at);
  try {
    switch (step.kind) {
      case "write":
        return writeFileSync(at, step.text);
      case "append":
        return writeFileSync(at, step.text, { flag: "a" });
      case "replace":
        writeFileSync(`${at}~`, step.text);
        return renameSync(`${at}~`, at);
      case "folder":
        mkdirSync(at, { recursive: true });
        return writeFileSync(join(at, "x.py"), step.text);
      case "delete":
        return rmSync(at, { recursive: true });
      case "touch":
        return utimesSync(at, new Date(), new Date());
      case "mode":
        return chmodSync(at, 0o600 + (statSync(at).mode & 1 ? 0 : 0o100));
      case "same":
        return writeFileSync(at, readFileSync(at));
      case "rename":
        return renameSync(at, join(base, step.to));
      case "link":
        rmSync(at, { recursive: true, force: true });
        return symlinkSync(join(base, step.to), at);
    }
  } catch (error) {
    // No such file, or a folder where a file is wanted: what was done of it, was done.
    if (!(error instanceof Error && "code" in error)) throw error;
  }
}

/** Undefined for what does not exist, or leads to itself. */
function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** Contents by path, as they are on disk. A link to a folder that it lies in is not followed. */
function read(folder: string, within: readonly string[] = []): Map<string, string> {
  const contents = new Map<string, string>();
  const chain = [...within, realpathSync(folder)];
  for (const entry of readdirSync(folder)) {
    const path = join(folder, entry);
    const stats = statusOf(path);
    if (stats?.isDirectory() === true && !chain.includes(realpathSync(path))) {
      for (const [inside, content] of read(path, chain)) contents.set(inside, content);
    } else if (stats?.isFile() === true && !entry.endsWith("~")) {
      contents.set(path, readFileSync(path, "utf8"));
    }
  }
  return contents;
}

function difference(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  const lines: string[] = [];
  for (const [path, content] of after) {
    if (!before.has(path)) lines.push(`created ${path}`);
    else if (before.get(path) !== content) lines.push(`changed ${path}`);
  }
  for (const path of before.keys()) if (!after.has(path)) lines.push(`deleted ${path}`);
  return lines.toSorted();
}

/** Returns when the file system's clock shows another time than it did. */
function awaitTick(base: string): void {
  const probe = join(base, "tick");
  writeFileSync(probe, "");
  const before = statSync(probe).ctimeMs;
  do {
    utimesSync(probe, 0, 0);
  } while (statSync(probe).ctimeMs === before);
}

async function check(
  type: "native" | "stat",
  operations: readonly Operation[],
  ticks: boolean,
): Promise<void> {
  const base = makeFolder({
    "project/x.py": "one",
    "project/a/y.css": "one",
    "aside/c/x.py": "one",
    "aside/d/z": "",
  });
  const root = join(base, "project");
  const { watcher, changes } = watchRoot(root, type);
  let before = read(root);
  for (const step of [...operations, { kind: "look" } as const]) {
    perform(base, step);
    if (step.kind !== "look") continue;
    const after = read(root);
    // oxlint-disable-next-line no-await-in-loop -- one step after the other
    const told = await changes();
    if (ticks) awaitTick(base);
    expect(told.map(({ kind, path }) => `${kind} ${path}`).toSorted()).toEqual(difference(before, after));
    for (const { path, size } of told) expect(size).toBe(Buffer.byteLength(after.get(path) ?? ""));
    before = after;
  }
  watcher.close();
  rmSync(base, { recursive: true });
}

const RUNS = {
  numRuns: Number(process.env["WATCH_RUNS"] ?? 100),
  seed: Number(process.env["WATCH_SEED"] ?? 20_261_117),
};

describe("any changes of a tree are told as what differs in content, at every look", () => {
  const operations = fc.array(operation, { maxLength: 60, size: "max" });

  for (const type of ["native", "stat"] as const) {
    it(`by ${type}`, async () => {
      expect.hasAssertions();
      await fc.assert(
        fc.asyncProperty(operations, async (steps) => check(type, steps, false)),
        RUNS,
      );
    });
  }

  // Here nothing is read twice because it is new: what it costs to be sure must not be what makes it right.
  it("stat, long after", async () => {
    expect.hasAssertions();
    const { now } = Date;
    vi.spyOn(Date, "now").mockImplementation(() => now() + 3_600_000);
    onTestFinished(() => void vi.restoreAllMocks());
    await fc.assert(
      fc.asyncProperty(operations, async (steps) => check("stat", steps, true)),
      RUNS,
    );
  });
});
