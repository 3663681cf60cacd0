/** Bodies larger than memory should be: how much does the server grow? */
import { runLoad } from "../lib/load.mjs";
import { watchMemory } from "../lib/process-tree.mjs";

const MEBIBYTE = 1024 * 1024;

/**
 * @param {"upload" | "download"} direction
 * @param {string} about
 * @returns {import("../lib/row.mjs").Row}
 */
function transfer(direction, about) {
  return {
    id: direction,
    title: `2 GB ${direction}`,
    about:
      `${about} Growth: the sum over all processes of peak resident memory (VmHWM, reset before) less what each held ` +
      "before, after a warm-up of 1 MB. A fresh server for each run; `--quick` moves 128 MB only.",
    application: "transfer:app",
    // gunicorn takes some 100 MB/s: five uploads of 2 GB would keep it two minutes.
    servers:
      direction === "upload" ? ["highball", "waitress", "granian"] : ["highball", "gthread", "granian"],
    fresh: true,
    large: true,
    columns: [
      { figure: "growth", title: "growth MiB", digits: 1, factor: 1 / MEBIBYTE },
      { figure: "speed", title: "MB/s", digits: 0 },
    ],
    warmUp: (server) => runLoad("transfer", { port: server.port, bytes: MEBIBYTE, direction }),
    measure: async (server, plan) => {
      const bytes = plan.quick ? 128 * MEBIBYTE : 2048 * MEBIBYTE;
      const memory = watchMemory(server.child.pid);
      /** @type {import("../load/transfer.mjs").TransferReport} */
      const { seconds, problems } = await runLoad("transfer", { port: server.port, bytes, direction });
      return { figures: { growth: memory.growth(), speed: bytes / 1e6 / seconds }, problems };
    },
  };
}

export const transferRows = [
  transfer("upload", "The application reads the body in pieces of 64 KiB and answers how much came."),
  transfer("download", "The application yields pieces of 64 KiB; Content-Length is given."),
];
