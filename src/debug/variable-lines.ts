import { escapeLine } from "../log/escape.ts";
import type { FrameModel, VariableModel } from "../error-model.ts";
import { displayWidth, shortenedTo } from "./columns.ts";
import { valueText } from "./value-text.ts";

/** A variable on a line: the name is padded to the width of the longest. */
export interface VariableLine {
  readonly name: string;
  readonly value: string;
}

export interface VariableLimits {
  /** Variables of a frame. */
  readonly count: number;
  /** Columns of a line, of a name with its value. */
  readonly width: number;
}

/** Columns of a name beyond which others are not moved for its sake. */
const NAME = 20;
/** Between name and value. */
const EQUALS = " = ".length;

/** The first variables of a frame, safe for a terminal; the last line says how many there are more. */
export function variableLines(
  { variables }: FrameModel,
  limits: VariableLimits,
): readonly (VariableLine | string)[] {
  const shown = variables.slice(0, limits.count);
  const names = shown.map(({ name }) => escapeLine(name));
  const longest = Math.max(0, ...names.map(displayWidth).filter((width) => width <= NAME));
  const lines = shown.map((variable, index) => variableLine(variable, names[index] ?? "", longest, limits));
  const more = variables.length - shown.length;
  return more > 0 ? [...lines, `… ${more} more`] : lines;
}

function variableLine(
  { value }: VariableModel,
  name: string,
  longest: number,
  { width }: VariableLimits,
): VariableLine {
  const padded = name + " ".repeat(Math.max(0, longest - displayWidth(name)));
  const room = Math.max(NAME, width - displayWidth(padded) - EQUALS);
  return { name: padded, value: shortenedTo(escapeLine(valueText(value, room)), room) };
}
