import { open, type FileHandle } from "node:fs/promises";
import type { Socket } from "node:net";
import type { FileRange } from "../application.ts";

/** Large enough that a read costs little beside the write, small enough for many clients at once. */
const BLOCK = 256 * 1024;

/** Opens the file of a range; null when it cannot be opened or is no regular file. */
export async function openRange(range: FileRange): Promise<FileHandle | null> {
  let handle: FileHandle;
  try {
    handle = await open(range.path, "r");
  } catch {
    return null;
  }
  const status = await handle.stat();
  if (status.isFile()) return handle;
  await handle.close();
  return null;
}

/**
 * Sends a part of an open file at the client's pace, and closes the file.
 *
 * @param sent hears of bytes that have gone out: in all fewer than `range.length` if the file became
 * shorter or the client left
 */
export async function sendRange(
  socket: Socket,
  handle: FileHandle,
  range: FileRange,
  sent: (bytes: number) => void,
): Promise<void> {
  // While one block is being written, the next one is read.
  const blocks = [Buffer.allocUnsafeSlow(BLOCK), Buffer.allocUnsafeSlow(BLOCK)] as const;
  let turn = 0;
  let read = 0;
  let written: Promise<void> = Promise.resolve();
  try {
    while (read < range.length && !socket.destroyed) {
      const block = blocks[turn % 2] as Buffer;
      turn += 1;
      const want = Math.min(BLOCK, range.length - read);
      const { bytesRead } = await handle.read(block, 0, want, range.offset + read);
      if (bytesRead === 0) break;
      await written;
      written = write(socket, block.subarray(0, bytesRead), sent);
      read += bytesRead;
    }
    await written;
  } finally {
    await handle.close();
  }
}

function write(socket: Socket, data: Buffer, sent: (bytes: number) => void): Promise<void> {
  // Resolves when the client leaves as well: the caller looks at `destroyed`.
  return new Promise((resolve) => {
    socket.write(data, (error) => {
      if (error == null) sent(data.length);
      resolve();
    });
  });
}
