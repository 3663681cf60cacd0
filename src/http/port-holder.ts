import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { isIPv6 } from "node:net";
import { resolve } from "node:path";

import { escapeLine } from "../log/escape.ts";

/** A process that holds a port or a Unix socket, as far as this user may know. */
export interface Holder {
  /** Null where the process belongs to a user whose files we may not read. */
  readonly pid: number | null;
  /** Its command line, one line, shortened. */
  readonly command: string | null;
  /** Name of the user it runs as, known even where the process is not. */
  readonly user: string | null;
}

interface SocketRow {
  readonly inode: string;
  readonly uid: number | null;
}

const COMMAND_LENGTH = 80;

/**
 * Who listens on a port, from /proc (proc(5)); null where there is no /proc or no such socket.
 *
 * It reads the descriptors of every process: for error messages, never for the path of a request.
 */
export function findPortHolder(host: string, port: number): Holder | null {
  const rows = [...readTcpTable("/proc/net/tcp"), ...readTcpTable("/proc/net/tcp6")].filter(
    (row) => row.port === port,
  );
  const wanted = canonicalHost(host);
  const rank = (row: TcpRow): number =>
    (row.listening ? 4 : 0) +
    (row.host === wanted ? 2 : 0) +
    (row.host === "0.0.0.0" || row.host === "::" ? 1 : 0);
  const best = rows.reduce<TcpRow | null>(
    (found, row) => (found === null || rank(row) > rank(found) ? row : found),
    null,
  );
  return best === null ? null : holderOf(best);
}

/** Who listens on a Unix socket; null where /proc does not say. */
export function findSocketHolder(path: string): Holder | null {
  const row = readUnixTable().find((each) => each.listening && isBoundAs(each.path, path));
  return row === undefined ? null : holderOf({ inode: row.inode, uid: null });
}

/** The path that an open Unix socket was bound to; null where /proc does not say. */
export function findSocketPath(fd: number): string | null {
  const link = readLink(`/proc/self/fd/${fd}`);
  return readUnixTable().find((row) => link === `socket:[${row.inode}]`)?.path ?? null;
}

/** `"python app.py" (pid 6847)`, or as much of it as is known. */
export function describeHolder(holder: Holder | null): string {
  if (holder?.pid != null) {
    return holder.command === null ? `process ${holder.pid}` : `"${holder.command}" (pid ${holder.pid})`;
  }
  return holder?.user == null ? "another program" : `a program of the user "${holder.user}"`;
}

interface TcpRow extends SocketRow {
  readonly host: string;
  readonly port: number;
  readonly listening: boolean;
}

interface UnixRow {
  readonly inode: string;
  /** As the process wrote it in bind(). */
  readonly path: string;
  readonly listening: boolean;
}

/** "Num RefCount Protocol Flags Type St Inode Path" */
function readUnixTable(): UnixRow[] {
  return readLines("/proc/net/unix").flatMap((line) => {
    const [, flags, inode, path] = /^\S+ \S+ \S+ (\S+) \S+ \S+ +(\d+) (.+)$/.exec(line) ?? [];
    if (flags === undefined || inode === undefined || path === undefined) {
      return [];
    }
    // __SO_ACCEPTCON
    return [{ inode, path, listening: (Number.parseInt(flags, 16) & 0x1_0000) !== 0 }];
  });
}

/** "sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode …" */
function readTcpTable(path: string): TcpRow[] {
  return readLines(path).flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [address = "", port = ""] = (fields[1] ?? "").split(":");
    const inode = fields[9];
    // Connections without a process (TIME_WAIT) have inode 0; the heading has no number at all.
    if (inode === undefined || !/^[1-9]\d*$/.test(inode)) {
      return [];
    }
    return [
      {
        inode,
        uid: Number(fields[7]),
        host: hostOfHexadecimal(address),
        port: Number.parseInt(port, 16),
        listening: fields[3] === "0A",
      },
    ];
  });
}

/** The kernel prints an address as 32-bit words in its own byte order: little-endian wherever Node runs. */
function hostOfHexadecimal(words: string): string {
  const bytes = Buffer.from(words, "hex");
  if (bytes.length % 4 === 0) {
    bytes.swap32();
  }
  if (bytes.length === 4) {
    return bytes.join(".");
  }
  const groups = bytes.toString("hex").match(/.{4}/g) ?? [];
  return canonicalHost(groups.join(":"));
}

function canonicalHost(host: string): string {
  const address = host.replace(/%.*$/, "");
  // WHATWG URL writes IPv6 addresses in the one form of RFC 5952.
  return isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}

/** A socket that Highball made was bound under `PATH.PID.N` and then linked to its place. */
function isBoundAs(bound: string, path: string): boolean {
  const whole = resolve(path);
  const place = resolve(bound);
  return (
    place === whole || (place.startsWith(`${whole}.`) && /^\d+\.\d+$/.test(place.slice(whole.length + 1)))
  );
}

function holderOf(row: SocketRow): Holder {
  const pid = processWithSocket(row.inode);
  return {
    pid,
    command: pid === null ? null : commandOf(pid),
    user: row.uid === null ? null : userName(row.uid),
  };
}

/** A pre-forking server shares its socket with its children: the one to name is their parent. */
function processWithSocket(inode: string): number | null {
  const link = `socket:[${inode}]`;
  const holders = listFolder("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) =>
      listFolder(`/proc/${name}/fd`).some((fd) => readLink(`/proc/${name}/fd/${fd}`) === link),
    );
  const eldest = holders.find((pid) => !holders.includes(parentOf(pid)));
  return eldest === undefined ? null : Number(eldest);
}

function parentOf(pid: string): string {
  // "pid (comm) state ppid …", and comm may hold spaces and brackets.
  const stat = readText(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] ?? "";
}

function commandOf(pid: number): string | null {
  const command =
    readText(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim() || readText(`/proc/${pid}/comm`).trim();
  if (command === "") {
    return null;
  }
  const line = escapeLine(command);
  return line.length > COMMAND_LENGTH ? `${line.slice(0, COMMAND_LENGTH - 1)}…` : line;
}

function userName(uid: number): string | null {
  for (const line of readLines("/etc/passwd")) {
    const [name, , id] = line.split(":");
    if (name !== undefined && Number(id) === uid) {
      return name;
    }
  }
  return null;
}

// Processes end while they are looked at, and other users' are closed to us: what cannot be read is not there.

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function readLines(path: string): string[] {
  return readText(path).split("\n");
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
