import { resolve } from "node:path";
import { isIP, isIPv4, isIPv6 } from "node:net";
import { HighballError } from "../errors.ts";
import { bracketed, formatAddress, parseAddress } from "./address.ts";
import { Misfit, quote } from "./misfit.ts";
import { nearest } from "./nearest.ts";

/** How the values of a setting are written, read and shown. */
export interface Kind<Value> {
  /** What stands for a value in help: `SECONDS`; null for a switch, which takes none. */
  readonly placeholder: string | null;
  /** A value that would have been right, for messages. */
  readonly example: string;
  /**
   * Reads text (of a flag or a variable) or a value (of a file or a program).
   *
   * @param directory what relative paths are relative to.
   * @throws Misfit
   */
  parse(raw: unknown, directory: string): Value;
  /** The value as TOML, which `parse` reads back. */
  show(value: Value): string;
  /** Makes one of several values; a kind without it takes the last. */
  join?(values: readonly Value[]): Value;
  /** Values of lower precedence are kept beside those of higher: true for names with values. */
  readonly accumulates?: boolean;
}

/** Timers of Node hold 2^31 - 1 ms; this many seconds is a little less. */
const longest = 2_000_000;

/** Any text that is not empty. */
export function text(placeholder: string, example: string): Kind<string> {
  return { placeholder, example, parse: readText, show: showText };
}

/** Text as TOML: in single quotes, which know no escapes, where it holds double ones. */
function showText(value: string): string {
  return value.includes('"') && !/['\n]/.test(value) ? `'${value}'` : quote(value);
}

function readText(raw: unknown): string {
  if (typeof raw !== "string") throw new Misfit(`${quote(raw)} is not text`);
  if (raw === "") throw new Misfit("the value is empty");
  if (raw.includes("\0")) throw new Misfit(`${quote(raw)} holds a NUL character`);
  return raw;
}

/** A path, made absolute; `-`, where it is allowed, stands for a standard stream. */
export function path(
  placeholder: string,
  example: string,
  { dash = false }: { dash?: boolean } = {},
): Kind<string> {
  return {
    placeholder,
    example,
    parse: (raw, directory) => {
      const given = readText(raw);
      return dash && given === "-" ? given : resolve(directory, given);
    },
    show: quote,
  };
}

/** A program: a path when it holds a slash (made absolute), else a name to look for on PATH. */
export const program: Kind<string> = {
  placeholder: "PATH",
  example: ".venv/bin/python",
  parse: (raw, directory) => {
    const given = readText(raw);
    return given.includes("/") ? resolve(directory, given) : given;
  },
  show: quote,
};

/** What `kind` takes, or `word` (in a file also `false`) for null. */
export function optional<Value>(kind: Kind<Value>, word: string): Kind<Value | null> {
  return {
    placeholder: kind.placeholder,
    example: kind.example,
    parse: (raw, directory) =>
      raw === word || raw === null || raw === false ? null : kind.parse(raw, directory),
    show: (value) => (value === null ? quote(word) : kind.show(value)),
  };
}

export interface Range {
  readonly least: number;
  readonly most: number;
}

/** A whole number. */
export function integer({ least, most }: Range, example = "100"): Kind<number> {
  return {
    placeholder: "N",
    example,
    parse: (raw) => {
      const value = typeof raw === "string" && /^\d{1,15}$/.test(raw.trim()) ? Number(raw) : raw;
      if (typeof value !== "number" || !Number.isSafeInteger(value)) {
        throw new Misfit(`${quote(raw)} is not a whole number`);
      }
      return within(value, { least, most });
    },
    show: String,
  };
}

/** Seconds, with decimals if wanted. */
export function seconds(least: number, example = "30"): Kind<number> {
  return {
    placeholder: "SEC",
    example,
    parse: (raw) => {
      const value = typeof raw === "string" && /^\d{1,9}(?:\.\d{1,6})?$/.test(raw.trim()) ? Number(raw) : raw;
      if (typeof value !== "number" || !Number.isFinite(value)) {
        throw new Misfit(`${quote(raw)} is not a number of seconds`);
      }
      return within(value, { least, most: longest });
    },
    show: String,
  };
}

const units: Readonly<Record<string, number>> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

/** Bytes: a number, or one with K, M or G behind it (1K is 1024). */
export function size({ least, most }: Range, example: string): Kind<number> {
  return {
    placeholder: "SIZE",
    example,
    parse: (raw) => {
      const match = typeof raw === "string" ? /^(\d{1,15})([KMG]?)(?:i?B)?$/i.exec(raw.trim()) : null;
      const value = match ? Number(match[1]) * (units[(match[2] ?? "").toUpperCase()] ?? 1) : raw;
      if (typeof value !== "number" || !Number.isSafeInteger(value)) {
        throw new Misfit(`${quote(raw)} is not a size, a whole number with K, M or G behind it if wanted`);
      }
      return within(value, { least, most }, showSize);
    },
    show: (value) => {
      const shown = showSize(value);
      return /\D/.test(shown) ? quote(shown) : shown;
    },
  };
}

function showSize(bytes: number): string {
  for (const unit of ["G", "M", "K"]) {
    const factor = units[unit] ?? 1;
    if (bytes >= factor && bytes % factor === 0) return `${bytes / factor}${unit}`;
  }
  return String(bytes);
}

function within(value: number, { least, most }: Range, show: (value: number) => string = String): number {
  if (value < least) throw new Misfit(`${show(value)} is too small; the least is ${show(least)}`);
  if (value > most) throw new Misfit(`${show(value)} is too large; the most is ${show(most)}`);
  return value;
}

const words: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  "1": true,
  false: false,
  no: false,
  off: false,
  "0": false,
};

/** On or off. */
export const toggle: Kind<boolean> = {
  placeholder: null,
  example: "true",
  parse: (raw) => {
    const value = typeof raw === "string" ? words[raw.trim().toLowerCase()] : raw;
    if (typeof value !== "boolean") throw new Misfit(`${quote(raw)} is neither true nor false`);
    return value;
  },
  show: String,
};

/** One of a few words; case does not matter. */
export function choice<const Word extends string>(choices: readonly Word[], example: Word): Kind<Word> {
  return {
    placeholder: "WORD",
    example,
    parse: (raw) => {
      const found = choices.find((word) => typeof raw === "string" && word === raw.toLowerCase());
      if (found !== undefined) return found;
      const near = typeof raw === "string" ? nearest(raw, choices) : undefined;
      const guess = near === undefined ? "" : `; did you mean ${near}?`;
      throw new Misfit(`${quote(raw)} is not one of ${choices.join(", ")}${guess}`);
    },
    show: quote,
  };
}

/** Several values: commas in text, an array in a file, a flag more than once; `none` is no value. */
export function list<Value>(
  item: Kind<Value>,
  { atLeast = 0 }: { atLeast?: number } = {},
): Kind<readonly Value[]> {
  const check = (values: readonly Value[]): readonly Value[] => {
    if (values.length < atLeast) throw new Misfit("the list is empty");
    const shown = values.map((value) => item.show(value));
    const double = shown.find((value, index) => shown.indexOf(value) !== index);
    if (double !== undefined) throw new Misfit(`${double} is there twice`);
    return values;
  };
  return {
    placeholder: item.placeholder,
    example: item.example,
    parse: (raw, directory) => {
      if (raw === "none") return check([]);
      const parts: readonly unknown[] = Array.isArray(raw)
        ? raw
        : typeof raw === "string"
          ? raw.split(",").map((part) => part.trim())
          : [raw];
      return check(parts.map((part) => item.parse(part, directory)));
    },
    show: (values) => `[${values.map((value) => item.show(value)).join(", ")}]`,
    join: (several) => check(several.flat()),
  };
}

/** Names with values: `KEY=VALUE`, one a line; in a file a table. */
export const variables: Kind<Readonly<Record<string, string>>> = {
  placeholder: "KEY=VALUE",
  example: "DATABASE_URL=sqlite:///site.db",
  parse: (raw) => {
    if (raw === "none") return {};
    if (typeof raw === "string") {
      return Object.fromEntries(raw.split("\n").filter(Boolean).map(readVariable));
    }
    if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
      throw new Misfit(`${quote(raw)} is not a table of names and values`);
    }
    return Object.fromEntries(
      Object.entries(raw).map(([name, value]: [string, unknown]) => {
        if (typeof value !== "string" && typeof value !== "number") {
          throw new Misfit(`the value of ${name}, ${quote(value)}, is not text`);
        }
        return readVariable(`${name}=${value}`);
      }),
    );
  },
  show: (values) => {
    const pairs = Object.entries(values).map(([name, value]) => `${quote(name)} = ${quote(value)}`);
    return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
  },
  join: (several) => Object.fromEntries(several.flatMap((each) => Object.entries(each))),
  accumulates: true,
};

function readVariable(pair: string): [name: string, value: string] {
  const equals = pair.indexOf("=");
  if (equals < 1) throw new Misfit(`${quote(pair)} is not KEY=VALUE`);
  if (pair.includes("\0")) throw new Misfit(`${quote(pair)} holds a NUL character`);
  return [pair.slice(0, equals), pair.slice(equals + 1)];
}

/** File permissions in octal, with or without `0o` in front. */
export const permissions: Kind<number> = {
  placeholder: "MODE",
  example: "0o660",
  parse: (raw) => {
    const value =
      typeof raw === "string" && /^(?:0o)?[0-7]{1,4}$/.test(raw.trim())
        ? Number.parseInt(raw.trim().replace(/^0o/, ""), 8)
        : raw;
    if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > 0o777) {
      throw new Misfit(`${quote(raw)} is not a mode from 0o000 to 0o777`);
    }
    return value;
  },
  show: (value) => `0o${value.toString(8).padStart(3, "0")}`,
};

/** A number of processes, or `auto` for one a processor. */
export const processes: Kind<number | "auto"> = {
  placeholder: "N|auto",
  example: "4",
  parse: (raw, directory) => {
    if (raw === "auto") return raw;
    try {
      return integer({ least: 1, most: 1024 }).parse(raw, directory);
    } catch (error) {
      if (!(error instanceof Misfit) || typeof raw !== "string" || /^\d+$/.test(raw)) throw error;
      throw new Misfit(`${quote(raw)} is neither a whole number nor auto`);
    }
  },
  show: (value) => (value === "auto" ? quote(value) : String(value)),
};

/** An address to listen on. */
export const address: Kind<string> = {
  placeholder: "ADDRESS",
  example: "127.0.0.1:8000",
  parse: (raw, directory) => {
    const given = typeof raw === "number" ? String(raw) : readText(raw);
    try {
      const read = parseAddress(given);
      return formatAddress(read.kind === "unix" ? { ...read, path: resolve(directory, read.path) } : read);
    } catch (error) {
      if (!(error instanceof HighballError)) throw error;
      const reason = error.message.replace(/^Cannot listen on "[^]*?": |\.$/g, "");
      throw new Misfit(`${quote(given)} is not an address to listen on: ${reason}`, {
        example: error.hint?.replace("--bind ", ""),
      });
    }
  },
  show: quote,
};

/** A host name or an IP address. */
export const host: Kind<string> = {
  placeholder: "HOST",
  example: "0.0.0.0",
  parse: (raw) => {
    const given = readText(raw);
    const bare = given.replace(/^\[(.*)\]$/, "$1");
    if (/^(?:unix|fd|tcp|https?):/.test(bare) || (bare.includes(":") && !isIPv6(bare))) {
      throw new Misfit(`${quote(given)} is more than a host; --bind takes whole addresses`);
    }
    try {
      const read = parseAddress(`${bracketed(bare)}:0`);
      return read.kind === "tcp" ? read.host : bare;
    } catch (error) {
      if (!(error instanceof HighballError)) throw error;
      throw new Misfit(`${quote(given)} is neither a host name nor an IP address`);
    }
  },
  show: quote,
};

/** A TCP port. */
export const port: Kind<number> = {
  placeholder: "PORT",
  example: "8000",
  parse: (raw) => {
    const value = typeof raw === "string" && /^\d{1,5}$/.test(raw.trim()) ? Number(raw) : raw;
    if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > 65_535) {
      throw new Misfit(`${quote(raw)} is not a port, a number from 0 to 65535`);
    }
    return value;
  },
  show: String,
};

/** A proxy to trust. */
export const peer: Kind<string> = {
  placeholder: "PEERS",
  example: "10.0.0.0/8",
  parse: (raw) => {
    const given = readText(raw);
    // The defaults first: Node's own test costs 3.6 ms at its first use, in every start.
    if (given === "*" || given === "127.0.0.1" || given === "::1" || isIP(given)) return given;
    const [network = "", prefix = "", ...rest] = given.split("/");
    const bits = /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
    const known = isIPv4(network) ? bits <= 32 : isIPv6(network) && bits <= 128;
    if (rest.length > 0 || !known) {
      throw new Misfit(`${quote(given)} is not an IP address, a network such as 10.0.0.0/8, or *`);
    }
    return given;
  },
  show: quote,
};
