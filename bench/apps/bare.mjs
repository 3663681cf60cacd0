/**
 * The ceiling: what Node's own HTTP server can do with no policy, no queue and no Python behind it.
 *
 *     node bare.mjs PORT
 */
import { createServer } from "node:http";

const server = createServer((request, response) => {
  if (request.method === "POST") {
    /** @type {Buffer[]} */
    const pieces = [];
    request.on("data", (piece) => pieces.push(piece));
    request.on("end", () => {
      const body = Buffer.concat(pieces);
      response.writeHead(200, { "Content-Type": "application/octet-stream", "Content-Length": body.length });
      response.end(body);
    });
    return;
  }
  response.writeHead(200, { "Content-Type": "text/plain; charset=utf-8", "Content-Length": 11 });
  response.end("Hello World");
});
server.keepAliveTimeout = 75_000;
server.listen({ host: "127.0.0.1", port: Number(process.argv[2]), backlog: 2048 });
