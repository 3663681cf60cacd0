import { describe, expect, it } from "vitest";
import type { PageContext } from "../../src/debug/page/page-context.ts";
import { renderHeadline } from "../../src/debug/page/headline.ts";
import { masks } from "../../src/debug/secrets.ts";
import { error, errorRecord } from "../support/error-models.ts";

const context: PageContext = {
  run: "",
  version: "",
  evaluates: true,
  project: "/home/me/shop",
  editorLink: null,
  masks,
};

function headline(message: string): { title: string; rest: string | undefined } {
  const record = errorRecord(error({ type: "ValueError", message }));
  const { text } = renderHeadline(record, null, context);
  const [, title = ""] = /<span class="message">([\s\S]*?)<\/span>/.exec(text) ?? [];
  const [, rest] = /<pre class="message"[^>]*>\n([\s\S]*?)<\/pre>/.exec(text) ?? [];
  return { title, rest };
}

describe("the title of an error's page", () => {
  it("has a message of one line whole", () => {
    expect(headline("no")).toEqual({ title: "no", rest: undefined });
  });

  it("has the first line of several; the others stand below it", () => {
    expect(headline("400 Bad Request\nKeyError: x\nand more")).toEqual({
      title: "400 Bad Request",
      rest: "KeyError: x\nand more",
    });
  });

  it("has the beginning of a line that is too long; the whole message stands below it", () => {
    const message = `${"x".repeat(400)}\nend`;
    expect(headline(message)).toEqual({ title: `${"x".repeat(300)}…`, rest: message });
  });
});
