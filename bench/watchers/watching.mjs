/**
 * Watches one folder in a process of its own, and tells its parent:
 *
 *     node bench/watchers/watching.mjs <candidate> <folder>
 */
import { candidates } from "./candidates.mjs";

const [name = "", folder = ""] = process.argv.slice(2);
const open = candidates.get(name);
if (open === undefined || process.send === undefined)
  throw new Error(`"${name}" is no candidate, or nobody listens`);
const tell = process.send.bind(process);

/** Milliseconds of a clock that all processes share. */
const now = () => Number(process.hrtime.bigint() / 1000n) / 1000;

const begun = performance.now();
await open(folder, (path) => tell({ kind: "change", path, at: now() }));
tell({ kind: "ready", milliseconds: performance.now() - begun });
// An open channel keeps the process alive, whatever the candidate does.
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  tell({ kind: "spent", milliseconds: (user + system) / 1000, memory: process.memoryUsage.rss() });
});
