import type { Kind } from "./kinds.ts";
import type { Settings } from "./settings.ts";

export type Mode = Settings["mode"];

/**
 * What can be set, with the value each name takes. Most are fields of `Settings`; a few shape
 * others: `host` and `port` make `bind`, `envFile` adds to `env`, `config` names the file to read.
 */
export interface Inputs extends Omit<Settings, "mode" | "workers" | "application"> {
  readonly application: string | null;
  readonly workers: number | "auto";
  readonly host: string;
  readonly port: number;
  readonly envFile: readonly string[];
  readonly config: string | null;
}

export type InputName = keyof Inputs;

/** A variable that many tools agree on, not one of Highball's own. */
export interface CommonVariable {
  readonly name: string;
  /** Counts in this mode only. */
  readonly mode?: Mode;
  /** Rewrites the text, where the variable's own rules differ from the setting's. */
  readonly translate?: (value: string) => string;
}

/** One row of the table. */
export interface Row<Value> {
  readonly kind: Kind<Value>;
  /** As a user would write it; two where the modes differ. */
  readonly standard: string | Readonly<Record<Mode, string>>;
  /** Every spelling, the long name that help shows first among the long ones. */
  readonly flags: readonly string[];
  /** Flags that turn it off, beside `--no-` before the name of a switch. */
  readonly off?: readonly string[];
  readonly common?: CommonVariable;
  readonly section: Section;
  /** One sentence. */
  readonly help: string;
}

/** The parts of help and of the reference, in their order. */
export const sections = [
  "Application",
  "Addresses",
  "Workers",
  "Time limits",
  "Size limits",
  "Requests",
  "Debugger",
  "Reloading",
  "Logs",
  "Process",
] as const;
export type Section = (typeof sections)[number];

/** A row for every name, of its type. */
export type Table = { readonly [Name in InputName]: Row<Inputs[Name]> };
