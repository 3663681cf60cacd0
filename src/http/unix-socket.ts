import { chmodSync, linkSync, lstatSync, renameSync, statSync, unlinkSync, type BigIntStats } from "node:fs";
import { connect, type Server } from "node:net";
import { basename, dirname, join, resolve } from "node:path";
import { isMainThread } from "node:worker_threads";

import { HighballError } from "../errors.ts";
import { formatAddress, type Address, type UnixAddress } from "../settings/address.ts";
import { listenFailed, systemCode } from "./listen-errors.ts";
import { listen, reportAcceptErrors, stopAccepting, type ListenContext, type Listener } from "./listener.ts";
import { describeHolder, findSocketHolder } from "./port-holder.ts";

/** `sun_path` without its NUL (unix(7)); libuv cuts what is longer and says nothing. */
const PATH_BYTES = process.platform === "linux" ? 107 : 103;

const ATTEMPTS = 3;

/** The socket files that are ours to remove, by path. */
const owned = new Map<string, BigIntStats>();

/**
 * Listens on a Unix socket.
 *
 * The socket is bound under a name of its own, `PATH.PID.N`, and linked to its place once it listens
 * with its final mode. So no client ever meets a socket that refuses it or whose mode is too wide,
 * of two servers that start at once only one gets the path, and libuv, which unlinks the name it
 * has bound whoever owns the file by then, finds nothing to unlink.
 *
 * @param mode permission bits, for example 0o600
 * @throws HighballError SOCKET_IN_USE, SOCKET_PATH_TAKEN, SOCKET_PATH_UNUSABLE, LISTEN_FAILED
 */
export async function openUnix(
  address: UnixAddress,
  context: ListenContext,
  mode: number,
): Promise<Listener> {
  const path = resolve(address.path);
  const staging = stagingPath(path);
  checkPath(address, path, staging);
  await clearStaleSocket(path);

  const server = context.makeServer();
  try {
    await bindWithMode(server, staging, context.backlog, mode);
  } catch (error) {
    throw listenFailed(formatAddress(address), error);
  }
  try {
    await place(staging, path);
  } catch (error) {
    await stopAccepting(server, 0);
    throw error instanceof HighballError ? error : listenFailed(formatAddress(address), error);
  }
  own(path);
  const bound: UnixAddress = { kind: "unix", path };
  reportAcceptErrors(server, bound, context.log);
  return unixListener(server, bound, context.backlog, () => disown(path));
}

/** A server that listens on a Unix socket, as a Listener. */
export function unixListener(
  server: Server,
  address: Address,
  backlog: number,
  removeFile: () => void,
): Listener {
  return {
    server,
    address,
    serverName: "localhost",
    serverPort: "80",
    isUnix: true,
    close: async () => {
      // Without its file the socket gets no new connections, so none is lost when it closes.
      removeFile();
      await stopAccepting(server, backlog);
    },
  };
}

let staged = 0;

/** Beside the socket: links do not cross file systems. Short where `PATH.PID.N` would be too long. */
function stagingPath(path: string): string {
  staged += 1;
  const long = `${path}.${process.pid}.${staged}`;
  return Buffer.byteLength(long) <= PATH_BYTES
    ? long
    : join(dirname(path), `.${process.pid.toString(36)}.${staged}`);
}

function checkPath(address: UnixAddress, path: string, staging: string): void {
  const bytes = Math.max(Buffer.byteLength(path), Buffer.byteLength(staging));
  if (bytes > PATH_BYTES) {
    throw unusable(
      address,
      `the path takes ${bytes} bytes, and this system's limit is ${PATH_BYTES}`,
      `--bind unix:/tmp/${basename(path).slice(-40)}`,
    );
  }
  const folder = dirname(path);
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) {
    throw unusable(address, `the folder "${folder}" does not exist`, `mkdir -p "${folder}"`);
  }
  if (!stats.isDirectory()) {
    throw unusable(address, `"${folder}" is not a folder`, `--bind unix:/tmp/${basename(path).slice(-40)}`);
  }
}

function unusable(address: UnixAddress, reason: string, hint: string): HighballError {
  return new HighballError(
    "SOCKET_PATH_UNUSABLE",
    `Cannot listen on "${formatAddress(address)}": ${reason}.`,
    {
      hint,
    },
  );
}

/** Removes what a server that is gone has left; anything else at the path is an error. */
async function clearStaleSocket(path: string): Promise<void> {
  const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (found === undefined) {
    return;
  }
  if (!found.isSocket()) {
    throw new HighballError("SOCKET_PATH_TAKEN", `"${path}" exists and is not a socket: it is left alone.`, {
      hint: `Give another path, or move it away: mv "${path}" "${path}.old"`,
    });
  }
  if (await isLive(path)) {
    const holder = findSocketHolder(path);
    throw new HighballError(
      "SOCKET_IN_USE",
      `The Unix socket "${path}" is in use by ${describeHolder(holder)}.`,
      {
        hint:
          holder?.pid == null
            ? "Give another path."
            : `Give another path, or end that process: kill ${holder.pid}`,
      },
    );
  }
  unlinkIfSame(path, found);
}

/** Only a refusal says that nobody listens; a full queue (EAGAIN) or a closed mode (EACCES) do not. */
async function isLive(path: string): Promise<boolean> {
  return await new Promise((settle) => {
    const probe = connect(path);
    probe.once("connect", () => {
      probe.destroy();
      settle(true);
    });
    probe.once("error", (error) => {
      const code = systemCode(error);
      settle(code !== "ECONNREFUSED" && code !== "ENOENT");
    });
  });
}

/** bind() applies the umask, so the file has its mode from the first moment. */
async function bindWithMode(server: Server, path: string, backlog: number, mode: number): Promise<void> {
  unlinkSocket(path);
  const umask = isMainThread ? process.umask(0o777 & ~mode) : null;
  let listening: Promise<void>;
  try {
    listening = listen(server, { path, backlog, exclusive: true });
  } finally {
    if (umask !== null) {
      process.umask(umask);
    }
  }
  await listening;
  chmodSync(path, mode);
}

/** A link fails where a name exists, so a server that came first is never displaced. */
async function place(staging: string, path: string): Promise<void> {
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        linkSync(staging, path);
        return;
      } catch (error) {
        if (systemCode(error) !== "EEXIST" || attempt === ATTEMPTS) {
          throw error;
        }
        await clearStaleSocket(path);
      }
    }
  } catch (error) {
    if (error instanceof HighballError || systemCode(error) === "EEXIST") {
      throw error;
    }
    // File systems without hard links: the path was seen to be free a moment ago.
    renameSync(staging, path);
  } finally {
    unlinkSocket(staging);
  }
}

function own(path: string): void {
  if (owned.size === 0) {
    process.on("exit", disownAll);
  }
  owned.set(path, lstatSync(path, { bigint: true }));
}

function disown(path: string): void {
  const mine = owned.get(path);
  if (mine === undefined) {
    return;
  }
  owned.delete(path);
  if (owned.size === 0) {
    process.off("exit", disownAll);
  }
  unlinkIfSame(path, mine);
}

function disownAll(): void {
  for (const path of owned.keys()) {
    disown(path);
  }
}

/** Somebody may have put their own socket there since: that one stays. */
function unlinkIfSame(path: string, stats: BigIntStats): void {
  const now = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (now !== undefined && now.ino === stats.ino && now.dev === stats.dev) {
    unlinkSync(path);
  }
}

/** Of a process that had this id before us, or of the link that has just been made. */
function unlinkSocket(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true) {
    unlinkSync(path);
  }
}
