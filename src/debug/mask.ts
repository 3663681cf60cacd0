/** What stands for a secret: dots that say nothing but in which range its length is. */
export function mask(secret: string): string {
  if (secret === "" || isMask(secret)) return secret;
  const { length } = secret;
  const [range = ""] = RANGES.find(([, most]) => length <= most) ?? [];
  return `${DOTS}(${range})`;
}

const DOTS = "••••••";

/**
 * Broad ones: whether a value was cut short, or is another kind of token, is all that they tell. None has a
 * character that stands for another one in a form: "64+" was "64 " when a form was looked through again.
 */
const RANGES: readonly (readonly [range: string, most: number])[] = [
  ["1–7", 7],
  ["8–15", 15],
  ["16–31", 31],
  ["32–63", 63],
  ["≥64", Infinity],
];

/** What was masked stays as it is when it is masked again. */
function isMask(text: string): boolean {
  return /^•{6}\((?:\d+–\d+|≥64)\)$/.test(text);
}
