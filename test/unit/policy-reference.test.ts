import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { malformed } from "../contract/corpus/malformed.ts";
import { wellFormed } from "../contract/corpus/well-formed.ts";
import { repository } from "../support/environment.ts";

const page = readFileSync(join(repository, "docs", "reference", "http.md"), "utf8");

/** What stands between two markers of the page. */
function table(name: string): string {
  return page.split(`<!-- ${name} -->\n`)[1]?.split(`<!-- /${name} -->`)[0] ?? "";
}

function render(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, header.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

describe("docs/reference/http.md", () => {
  it("lists every rule that a test breaks, and no other", () => {
    const rows = malformed.map(({ source, rule, status, cases }) => [
      source,
      rule,
      String(status),
      String(Object.keys(cases).length),
    ]);
    expect(table("refused")).toBe(render(["source", "rule", "status", "tests"], rows));
  });

  it("lists every request that a test has let pass, and no other", () => {
    const rows = wellFormed.map(({ name }) => name.split(/: (.*)/s).slice(0, 2));
    expect(table("accepted")).toBe(render(["source", "what"], rows));
  });

  it("stands on at least 120 malformed and 60 well-formed requests", () => {
    const count = malformed.reduce((sum, { cases }) => sum + Object.keys(cases).length, 0);
    expect(count).toBeGreaterThanOrEqual(120);
    expect(wellFormed.length).toBeGreaterThanOrEqual(60);
  });
});
