/** One body of many gigabytes, up or down, generated on the fly and counted at the other end. */
import { Connection, now } from "./http-client.mjs";
import { serveAsLoad } from "./load-process.mjs";

/** @typedef {{ port: number, bytes: number, direction: "upload" | "download" }} TransferOptions */
/** @typedef {{ seconds: number, problems: string[] }} TransferReport */

const PIECE = Buffer.alloc(256 * 1024, 0x2a);

/**
 * @param {TransferOptions} options
 * @returns {Promise<TransferReport>}
 */
async function transfer({ port, bytes, direction }) {
  const connection = new Connection(port);
  await connection.opened();
  const begin = now();
  /** @type {Promise<string[]>} */
  const problems = new Promise((resolve) => {
    const head =
      direction === "upload"
        ? `POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/octet-stream\r\nContent-Length: ${bytes}\r\n\r\n`
        : `GET /?${bytes} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
    connection.request(head, (error, answer) => {
      const received = direction === "upload" ? Number(answer?.text) : answer?.bytes;
      if (error !== null) resolve([error.message]);
      else if (answer?.status !== 200) resolve([`status ${answer?.status}`]);
      else resolve(received === bytes ? [] : [`${received} bytes arrived of ${bytes}`]);
    });
  });
  if (direction === "upload") {
    for (let rest = bytes; rest > 0 && connection.busy; rest -= PIECE.length) {
      await connection.write(rest >= PIECE.length ? PIECE : PIECE.subarray(0, rest));
    }
  }
  const report = { problems: await problems, seconds: (now() - begin) / 1000 };
  connection.destroy();
  return report;
}

serveAsLoad(transfer);
