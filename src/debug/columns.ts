/** Characters beyond the first plane are two units of a JavaScript string, and one character to Python. */
const ASTRAL = /[\u{10000}-\u{10FFFF}]/u;

/**
 * What is two columns wide in a terminal: East Asian Wide and Fullwidth (Unicode Standard Annex 11), for which JavaScript
 * has no property.
 */
const WIDE =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u3247\u3250-\u4dbf\u4e00-\ua4c6\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2fb}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

// oxlint-disable-next-line no-control-regex -- ASCII begins with them
const ASCII = /^[\x00-\x7f]*$/;

/** The index in `text` of its character number `column`, from 0; at most its length. */
export function unitAt(text: string, column: number): number {
  if (!ASTRAL.test(text)) return Math.min(Math.max(column, 0), text.length);
  let unit = 0;
  for (let left = column; left > 0 && unit < text.length; left--) {
    unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
  }
  return unit;
}

/** Columns that text takes in a terminal, as Python counts them where it draws marks. */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : 1;
  return width;
}

/** What of a text stands in a terminal's columns `from` to `to`; half of a character that is cut through is a space. */
export function sliceColumns(text: string, from: number, to: number): string {
  if (ASCII.test(text)) return text.slice(from, to);
  let slice = "";
  let column = 0;
  for (const character of text) {
    const end = column + displayWidth(character);
    if (column >= from && end <= to) slice += character;
    else if (column < to && end > from) slice += " ";
    if (end >= to) break;
    column = end;
  }
  return slice;
}

/** A text in at most so many columns of a terminal; what is missing is told as `…`. */
export function shortenedTo(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  return `${sliceColumns(text, 0, Math.max(0, width - 1)).trimEnd()}…`;
}
