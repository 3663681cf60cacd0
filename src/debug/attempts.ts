import { isIPv6 } from "node:net";

/** Wrong PINs that cost nothing: people mistype. */
const FREE = 5;
/** Seconds that a client waits at most between two guesses. */
const LONGEST = 60;
/** Seconds after which a client's wrong PINs are forgotten: far longer than any wait. */
const MEMORY = 15 * 60;
/** Clients that are remembered. */
const CLIENTS = 1000;
/** All that come when so many are: together they are one, or who has that many addresses would be forgotten in turn. */
const OTHERS = "others";

interface Failures {
  readonly count: number;
  /** Seconds. */
  readonly at: number;
}

/**
 * Wrong PINs, counted for each client: after a few it has to wait, longer and longer, so that nobody
 * finds nine digits by trying, and nobody's trying keeps another one out.
 */
export class Attempts {
  readonly #failures: Map<string, Failures> = new Map();
  readonly #now: () => number;

  /** @param now seconds of a clock that never goes back */
  constructor(now: () => number = () => performance.now() / 1000) {
    this.#now = now;
  }

  /** Clients that are remembered. */
  get size(): number {
    return this.#failures.size;
  }

  /** Seconds that a client has to wait before its next guess counts: rounded up, 0 for none. */
  wait(address: string): number {
    const failures = this.#failures.get(this.#keyOf(address));
    if (failures === undefined) return 0;
    return Math.max(0, Math.ceil(failures.at + pause(failures.count) - this.#now()));
  }

  /** A wrong PIN; not to be told of one that came while the client had to wait. */
  failed(address: string): void {
    const key = this.#keyOf(address);
    const count = (this.#failures.get(key)?.count ?? 0) + 1;
    // A map is in the order in which its keys came: the one that is longest silent is first.
    this.#failures.delete(key);
    this.#failures.set(key, { count, at: this.#now() });
  }

  /** The right PIN. */
  succeeded(address: string): void {
    this.#failures.delete(this.#keyOf(address));
  }

  /** Under which name a client's failures are kept. */
  #keyOf(address: string): string {
    for (const [key, { at }] of this.#failures) {
      if (this.#now() - at <= MEMORY) break;
      this.#failures.delete(key);
    }
    const client = clientOf(address);
    const isFull = this.#failures.size >= CLIENTS && !this.#failures.has(client);
    return isFull && !THIS_MACHINE.has(client) ? OTHERS : client;
  }
}

/** Of a Unix socket, and of loopback: nobody elsewhere takes their place. */
const THIS_MACHINE: ReadonlySet<string> = new Set(["", "::1"]);

function pause(count: number): number {
  return count < FREE ? 0 : Math.min(LONGEST, 2 ** (count - FREE));
}

/**
 * Who counts as one client. All of 127.0.0.0/8 and `::1` are this machine, where an account may send
 * from sixteen million addresses; a Unix socket has none; of IPv6 a network of 64 bits is one
 * client's (RFC 6177).
 */
function clientOf(address: string): string {
  const bare = address
    .toLowerCase()
    .replace(/^::ffff:(?=\d+\.)/, "")
    .replace(/%.*$/, "");
  if (bare === "" || bare === "::1" || bare.startsWith("127.")) return bare === "" ? "" : "::1";
  if (!isIPv6(bare)) return bare;
  const [head = "", tail] = bare.split("::", 2);
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array.from({ length: zeros }, () => "0"), ...right];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}
