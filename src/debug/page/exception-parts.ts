import type { ExceptionModel, FrameModel, SyntaxModel } from "../../error-model.ts";
import { foldFrames, mainFrame, type FrameEntry, type ShownFrame } from "../fold.ts";

/** An exception as the page shows it, after those that led to it. */
export interface ExceptionPart {
  readonly exception: ExceptionModel;
  /** What Python says between this one and the one before it; null for the first. */
  readonly sentence: string | null;
  readonly entries: readonly FrameEntry[];
  /** Of a group: each with what led to it. */
  readonly members: readonly (readonly ExceptionPart[])[];
}

/** A place in the code that can be chosen. */
export type Spot =
  | { readonly kind: "frame"; readonly number: number; readonly frame: FrameModel }
  | {
      readonly kind: "syntax";
      readonly number: number;
      readonly syntax: SyntaxModel;
      readonly message: string;
    };

/** All of an error, in Python's order, with a number for each place in it. */
export interface Plan {
  readonly parts: readonly ExceptionPart[];
  readonly spots: readonly Spot[];
  /** Numbers of the spots: by frame, and by exception for syntax errors. */
  readonly frameNumbers: ReadonlyMap<ShownFrame, number>;
  readonly syntaxNumbers: ReadonlyMap<ExceptionPart, number>;
  /** What to look at first; null if there is no place at all. */
  readonly first: Spot | null;
}

const CAUSE = "The above exception was the direct cause of the following exception:";
const CONTEXT = "During handling of the above exception, another exception occurred:";

/** Lays an exception out: what led to it comes before it, as Python prints it. */
export function planError(exception: ExceptionModel): Plan {
  const parts = partsOf(exception);
  const spots: Spot[] = [];
  const frameNumbers = new Map<ShownFrame, number>();
  const syntaxNumbers = new Map<ExceptionPart, number>();
  const visit = (part: ExceptionPart): void => {
    for (const shown of part.entries.flatMap((entry) => (entry.kind === "fold" ? entry.frames : [entry]))) {
      frameNumbers.set(shown, spots.length + 1);
      spots.push({ kind: "frame", number: spots.length + 1, frame: shown.frame });
    }
    const { syntax, message } = part.exception;
    if (syntax !== null) {
      syntaxNumbers.set(part, spots.length + 1);
      spots.push({ kind: "syntax", number: spots.length + 1, syntax, message });
    }
    for (const member of part.members) member.forEach(visit);
  };
  parts.forEach(visit);
  const plan = { parts, spots, frameNumbers, syntaxNumbers };
  return { ...plan, first: firstSpot(plan, parts) ?? spots.at(-1) ?? null };
}

function partsOf(exception: ExceptionModel): readonly ExceptionPart[] {
  const before = exception.cause ?? exception.context;
  const earlier = before === null ? [] : partsOf(before);
  const sentence = before === null ? null : exception.cause === null ? CONTEXT : CAUSE;
  const entries = foldFrames(exception.frames);
  return [...earlier, { exception, sentence, entries, members: exception.members.map(partsOf) }];
}

/** Where the last of these was raised in the application's code; a group's members come after the group. */
function firstSpot(plan: Omit<Plan, "first">, parts: readonly ExceptionPart[]): Spot | null {
  const last = parts.at(-1);
  if (last === undefined) return null;
  const syntax = plan.syntaxNumbers.get(last);
  if (syntax !== undefined) return plan.spots[syntax - 1] ?? null;
  const main = mainFrame(last.exception.frames);
  for (const [shown, number] of plan.frameNumbers) {
    if (shown.frame === main && last.entries.some((entry) => holds(entry, shown))) {
      return plan.spots[number - 1] ?? null;
    }
  }
  for (const member of last.members) {
    const spot = firstSpot(plan, member);
    if (spot !== null) return spot;
  }
  return null;
}

function holds(entry: FrameEntry, shown: ShownFrame): boolean {
  return entry.kind === "fold" ? entry.frames.includes(shown) : entry === shown;
}
