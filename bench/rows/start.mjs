/** From the command to the first answer. */
import { RunningServer, freePort } from "../lib/running-server.mjs";

/** @type {import("../lib/row.mjs").Row} */
export const startRow = {
  id: "start",
  title: "Start to first answer, Flask",
  about:
    "From starting the command to the first 200, asked every millisecond; a connection that is accepted before the " +
    "application is loaded waits for its answer. File caches are warm: a first start is not counted.",
  application: "flask_hello:app",
  servers: ["highball", "sync", "gthread", "uwsgi", "granian"],
  columns: [{ figure: "first", title: "ms", digits: 0 }],
  measureStart: async (name, application) => {
    const port = await freePort();
    const begin = performance.now();
    const server = RunningServer.launch(name, application, port, false);
    try {
      await server.answering("/", 1);
      return { figures: { first: performance.now() - begin }, problems: [] };
    } finally {
      await server.stop();
    }
  },
};
