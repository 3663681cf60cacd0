import { fieldValues } from "./request-fields.ts";

/** One media range of an Accept field. */
interface MediaRange {
  readonly type: string;
  readonly weight: number;
  /** Place in the field. */
  readonly place: number;
}

/** RFC 9110 §12.4.2. */
const WEIGHT = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;
/** Commas and semicolons within quotes are part of a parameter's value (RFC 9110 §5.6.4). */
const MEMBER = /(?:[^",]|"(?:[^"\\]|\\.)*"?)+/g;
const PARAMETER = /(?:[^";]|"(?:[^"\\]|\\.)*"?)+/g;

/**
 * Chooses among media types the one that a client would rather have (RFC 9110 §12.5.1).
 *
 * Of types with the same weight the one that is named more exactly is taken, then the one that is
 * named first, then the first offer: a browser names HTML before everything else, and clients for
 * JSON that add a star as a last resort mean JSON. Where nothing suits, or the field is missing, it is
 * the first offer, because an answer of another type is better than none. Parameters of a
 * range but its weight are not looked at; a member that breaks the grammar is skipped.
 *
 * @param offers in lower case, without parameters
 */
export function preferredType<Type extends string>(
  rawHeaders: readonly string[],
  offers: readonly [Type, ...Type[]],
): Type {
  const ranges = readRanges(fieldValues(rawHeaders, "accept").join(","));
  let best: Type = offers[0];
  let found: MediaRange | null = null;
  for (const offer of offers) {
    const range = rangeOf(offer, ranges);
    if (range === null || range.weight === 0) continue;
    if (found !== null && !isPreferred(range, found)) continue;
    found = range;
    best = offer;
  }
  return best;
}

function readRanges(field: string): readonly MediaRange[] {
  const ranges: MediaRange[] = [];
  for (const [place, member] of (field.match(MEMBER) ?? []).entries()) {
    const [type = "", ...parameters] = member.match(PARAMETER) ?? [];
    const weight = readWeight(parameters);
    if (weight !== null) ranges.push({ type: type.trim().toLowerCase(), weight, place });
  }
  return ranges;
}

function readWeight(parameters: readonly string[]): number | null {
  for (const parameter of parameters) {
    const [name = "", value = ""] = parameter.trim().split("=", 2);
    if (name.toLowerCase() === "q") return WEIGHT.test(value) ? Number(value) : null;
  }
  return 1;
}

/** The range that decides about a type: the most specific one that it fits. */
function rangeOf(type: string, ranges: readonly MediaRange[]): MediaRange | null {
  let found: MediaRange | null = null;
  for (const range of ranges) {
    if (range.type !== type && range.type !== "*/*" && range.type !== `${type.split("/")[0]}/*`) continue;
    if (found === null || specificity(range) > specificity(found)) found = range;
  }
  return found;
}

function isPreferred(one: MediaRange, other: MediaRange): boolean {
  if (one.weight !== other.weight) return one.weight > other.weight;
  if (specificity(one) !== specificity(other)) return specificity(one) > specificity(other);
  return one.place < other.place;
}

function specificity({ type }: MediaRange): number {
  return type === "*/*" ? 0 : type.endsWith("/*") ? 1 : 2;
}
