/** What the values of a benchmark's options may be. */

/**
 * @param {string[] | undefined} values of an option that may be repeated, or hold several with commas
 * @returns {string[]}
 */
export function list(values) {
  return (values ?? []).flatMap((value) => value.split(","));
}

/**
 * @template {{ readonly id: string }} Item
 * @param {string} kind
 * @param {readonly Item[]} items
 * @param {string} id
 * @returns {Item}
 */
export function named(kind, items, id) {
  const found = items.find((candidate) => candidate.id === id);
  if (found !== undefined) return found;
  const ids = items.map((candidate) => candidate.id).join(", ");
  throw new Error(`No ${kind} is called "${id}"; there are: ${ids}.`);
}

/**
 * @param {string} flag
 * @param {string} text
 * @returns {number}
 */
export function wholeNumber(flag, text) {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new Error(`${flag} takes a whole number from 1, not "${text}".`);
}
