/**
 * Clients that hold a server up: sockets that never send a byte, and clients that send one byte a
 * second, half of them in the head of their request, half in its body. One that the server throws
 * out comes back, as an attacker's would.
 */
import { connect } from "node:net";
import { serveAsLoad } from "./load-process.mjs";

/** @typedef {{ port: number, silent: number, trickling: number }} SlowClientOptions */
/** @typedef {{ connected: number, thrownOut: number }} SlowClientReport */

const HEAD = "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\nContent-Length: 4096\r\n\r\n";

/**
 * @param {SlowClientOptions} options
 * @param {import("./load-process.mjs").Background} background
 * @returns {Promise<SlowClientReport>}
 */
async function slowClients({ port, silent, trickling }, background) {
  let connected = 0;
  let thrownOut = 0;
  let ending = false;
  /** @type {Set<import("node:net").Socket>} */
  const sockets = new Set();
  /** @type {(() => void)[]} one for each trickling client: send a byte. */
  const senders = [];

  /** @param {(socket: import("node:net").Socket) => void} begin */
  const client = (begin) => {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true }, () => {
      connected += 1;
      begin(socket);
    });
    sockets.add(socket);
    socket.resume();
    socket.on("error", () => {});
    socket.once("close", () => {
      sockets.delete(socket);
      if (ending) return;
      connected -= 1;
      thrownOut += 1;
      setTimeout(client, 100, begin);
    });
  };

  for (let index = 0; index < silent; index += 1) client(() => {});
  for (let index = 0; index < trickling; index += 1) {
    const inBody = index % 2 === 1;
    client((socket) => {
      let position = 0;
      if (inBody) socket.write(HEAD);
      senders[index] = () => {
        const byte = inBody ? "x" : (HEAD[position] ?? "x");
        position += 1;
        if (!socket.destroyed) socket.write(byte);
      };
    });
  }
  // Each client once a second, spread evenly over the second.
  let turn = 0;
  const clock = setInterval(() => {
    senders[turn % trickling]?.();
    turn += 1;
  }, 1000 / trickling);

  await Promise.race([
    new Promise((resolve) => {
      const poll = setInterval(() => {
        if (connected < silent + trickling) return;
        clearInterval(poll);
        resolve(undefined);
      }, 20);
    }),
    new Promise((resolve) => setTimeout(resolve, 5000)),
  ]);
  background.ready({ connected });
  await background.stopped;
  ending = true;
  clearInterval(clock);
  const report = { connected, thrownOut };
  for (const socket of sockets) socket.destroy();
  return report;
}

serveAsLoad(slowClients);
