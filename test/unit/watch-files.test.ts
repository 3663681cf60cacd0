import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { FileBook, type KnownFile } from "../../src/reload/file-book.ts";
import { isSettled, stampOf, statusOf } from "../../src/reload/file-stamp.ts";
import { makeFolder } from "../support/folder.ts";

/** A file that was read, and written again within one tick of the file system's clock. */
function writtenTwice(settled: boolean): { readonly book: FileBook; readonly file: KnownFile } {
  const path = join(makeFolder({ "a.py": "one" }), "a.py");
  const book = new FileBook();
  onTestFinished(() => book.close());
  const file = book.admit(path, "code", statusOf(path));
  book.readFirst();
  writeFileSync(path, "two");
  const stats = statusOf(path);
  if (stats !== null) file.stamp = stampOf(stats);
  file.settled = settled;
  return { book, file };
}

describe("a second write in the same tick, of the same size", () => {
  it("is found when an event tells of it", () => {
    const { book, file } = writtenTwice(true);
    expect(book.check(file, true)).toBe(true);
    expect(book.takeChanges()).toEqual([{ path: file.path, kind: "changed", size: 3, role: "code" }]);
  });

  it("is found without one while the stamp is young", () => {
    const { book, file } = writtenTwice(false);
    expect(book.check(file, false)).toBe(true);
    expect(book.takeChanges()).toHaveLength(1);
  });

  it("is believed not to have been when the stamp was old, which saves reading every file", () => {
    const { book, file } = writtenTwice(true);
    expect(book.check(file, false)).toBe(false);
    expect(book.takeChanges()).toEqual([]);
  });
});

describe("a file that changes between being found and being read", () => {
  it("is not taken for what it has become", () => {
    const path = join(makeFolder({ "a.py": "one" }), "a.py");
    const book = new FileBook();
    onTestFinished(() => book.close());
    const file = book.admit(path, "code", statusOf(path));
    writeFileSync(path, "other");
    book.readFirst();
    expect(book.check(file, true)).toBe(true);
    expect(book.takeChanges()).toHaveLength(1);
  });
});

describe("changes between two times that they are taken are told as one", () => {
  it("or not at all when a file is what it was", () => {
    const folder = makeFolder({ "a.py": "one", "b.py": "one" });
    const book = new FileBook();
    onTestFinished(() => book.close());
    const [a, b] = ["a.py", "b.py"].map((name) =>
      book.admit(join(folder, name), "code", statusOf(join(folder, name))),
    );
    book.readFirst();
    if (a === undefined || b === undefined) throw new Error("two were admitted");
    const write = (file: KnownFile, content: string | null): void => {
      if (content === null) rmSync(file.path);
      else writeFileSync(file.path, content);
      book.check(file, true);
    };
    const kinds = (): readonly string[] => book.takeChanges().map(({ kind }) => kind);
    write(a, "other");
    write(a, "one");
    expect(kinds()).toEqual([]);
    write(a, null);
    write(a, "one");
    expect(kinds()).toEqual([]);
    write(a, null);
    write(b, null);
    write(a, "other");
    expect(kinds()).toEqual(["changed", "deleted"]);
    write(b, "here");
    write(b, null);
    expect(kinds()).toEqual([]);
    write(b, "here");
    write(b, "there");
    expect(kinds()).toEqual(["created"]);
  });
});

describe("a stamp is trusted", () => {
  const stamp = { size: 1, modified: 5_000_000, inode: 1 };

  it("when the tick in which it was made is over", () => {
    expect(isSettled({ ...stamp, changed: 5_000_000.25 }, 5_000_010)).toBe(false);
    expect(isSettled({ ...stamp, changed: 5_000_000.25 }, 5_000_030)).toBe(true);
  });

  it("later where whole seconds are kept", () => {
    expect(isSettled({ ...stamp, changed: 5_000_000 }, 5_000_030)).toBe(false);
    expect(isSettled({ ...stamp, changed: 5_000_000 }, 5_002_200)).toBe(true);
  });

  it("not when it is from the future", () => {
    expect(isSettled({ ...stamp, changed: 5_000_000.25 }, 4_000_000)).toBe(false);
  });
});

describe("contents are read in idle time", () => {
  it("so that a touch is known for what it is, also of many files", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`${index}.txt`, "x".repeat(70_000)]),
    );
    const folder = makeFolder(files);
    const book = new FileBook();
    onTestFinished(() => book.close());
    const known = Object.keys(files).map((name) =>
      book.admit(join(folder, name), "other", statusOf(join(folder, name))),
    );
    await expect.poll(() => known.every(({ digest }) => digest !== null), { timeout: 10_000 }).toBe(true);
  });
});
