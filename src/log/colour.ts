/**
 * SGR parameters (ECMA-48 §8.3.117), on and off. Not `util.styleText`: it looks at `process.stdout`,
 * and the first look makes a pipe there non-blocking, for the workers that share it too.
 */
const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const;

export type Style = keyof typeof STYLES;

/** Puts text in styles, or leaves it as it is. */
export type Paint = (text: string, ...styles: readonly Style[]) => string;

/** Styles for output that goes to a terminal, or none. */
export function paintFor(isColoured: boolean): Paint {
  return isColoured ? paint : (text) => text;
}

function paint(text: string, ...styles: readonly Style[]): string {
  const on = styles.map((style) => `\u001B[${STYLES[style][0]}m`);
  const off = styles.map((style) => `\u001B[${STYLES[style][1]}m`);
  return `${on.join("")}${text}${off.toReversed().join("")}`;
}

/**
 * Whether colours are wanted: FORCE_COLOR decides where it is set, as in Node itself; then NO_COLOR,
 * if not empty (https://no-color.org); then whether somebody is looking.
 */
export function wantsColour(
  isTerminal: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const forced = environment["FORCE_COLOR"];
  if (forced !== undefined) {
    return forced !== "0" && forced !== "false";
  }
  if (environment["NO_COLOR"]) {
    return false;
  }
  return isTerminal && environment["TERM"] !== "dumb";
}
