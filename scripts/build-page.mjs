/** Makes dist/debug/page.js, the script of the debugger's pages, and refuses one that has grown too large. */
import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Bytes, compressed by gzip. */
export const BUDGET = 40_000;

const entry = fileURLToPath(new URL("../src/debug/browser/main.ts", import.meta.url));
const output = fileURLToPath(new URL("../dist/debug/page.js", import.meta.url));

const { outputFiles } = await build({
  entryPoints: [entry],
  outfile: output,
  bundle: true,
  minify: true,
  format: "esm",
  // Browsers of the last two years and a half: `:has()`, <dialog>, private methods.
  target: ["chrome111", "firefox121", "safari16.4"],
  charset: "utf8",
  write: false,
});
const [{ text }] = outputFiles;
// It stands in a script element: `</script` and `<!--` would end it or change how it is read (WHATWG HTML §4.12.1.3).
if (/<\/script|<!--/i.test(text))
  throw new Error("The script has a text that cannot stand in a script element.");
const size = gzipSync(text).length;
if (size > BUDGET)
  throw new Error(`dist/debug/page.js has ${size} bytes compressed, and may have ${BUDGET}.`);
writeFileSync(output, text);
