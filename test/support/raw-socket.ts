/** Ways to put the same bytes on a socket: a parser must not care how they were cut. */
import { setImmediate as turn } from "node:timers/promises";
import type { Client } from "./http-client.ts";

export type Manner = "at once" | "in two halves" | "byte by byte";

/** What is longer has nothing to show at every single byte. */
const longestByteByByte = 300;

/** The manners worth a test. */
export function manners(bytes: string): readonly Manner[] {
  const cut: readonly Manner[] = ["at once", "in two halves"];
  return bytes.length <= longestByteByByte ? [...cut, "byte by byte"] : cut;
}

/** Sends latin-1 bytes; between pieces the server, which is in this process, gets to read. */
export async function sendRaw(client: Client, bytes: string, manner: Manner): Promise<void> {
  const half = Math.ceil(bytes.length / 2);
  const size = { "at once": bytes.length, "in two halves": half, "byte by byte": 1 }[manner];
  for (let start = 0; start < bytes.length && client.socket.writable; start += size) {
    client.send(bytes.slice(start, start + size));
    // A turn to write and one for the other end to read.
    // oxlint-disable-next-line no-await-in-loop -- the pieces go one after the other
    await turn();
    // oxlint-disable-next-line no-await-in-loop
    await turn();
  }
}
