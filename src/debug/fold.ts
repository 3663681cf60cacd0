import type { FrameModel } from "../error-model.ts";

/** What a list of frames shows at first: a frame, or several behind one line. */
export type FrameEntry = ShownFrame | Fold;

export interface ShownFrame {
  readonly kind: "frame";
  readonly frame: FrameModel;
  /** Its place in the frames of the exception. */
  readonly index: number;
  /** What was repeated, ending here. */
  readonly repeated: Repetition | null;
}

/** Library frames in a row, which one line stands for. */
export interface Fold {
  readonly kind: "fold";
  readonly frames: readonly ShownFrame[];
  /** Whose they are, in order of appearance: `flask`, `werkzeug`. */
  readonly packages: readonly string[];
  /** Ends with its last frame: those of frames before it are on the frames themselves. */
  readonly repeated: Repetition | null;
}

/** The last `length` frames came `times` more. */
export interface Repetition {
  readonly length: number;
  readonly times: number;
}

export interface FoldOptions {
  /** Shows frames that the application hides by `__traceback_hide__`. @defaultValue false */
  readonly showsHidden?: boolean;
  /** Folds nothing. @defaultValue false */
  readonly unfolds?: boolean;
}

/** Frames at the end that are shown where none is the application's. */
const LAST = 3;

/** Rounds of a recursion that is no use of one any more. */
const DEEP = 100;

/**
 * Which frames are shown first: the application's, and the innermost, where it was raised. Runs of library
 * frames between them fold. Where no frame is the application's the last ones are shown. Frames that hide themselves are
 * left out, unless all of them do.
 */
export function foldFrames(frames: readonly FrameModel[], options: FoldOptions = {}): readonly FrameEntry[] {
  const shown = visibleFrames(frames, options.showsHidden === true);
  const hasOwn = shown.some(({ frame }) => frame.owner === "application");
  const tail = shown.length - (hasOwn ? 1 : LAST);
  const entries: FrameEntry[] = [];
  let run: ShownFrame[] = [];
  const endRun = (): void => {
    if (run.length > 0) entries.push(foldOf(run));
    run = [];
  };
  for (const [position, each] of shown.entries()) {
    if (options.unfolds === true || each.frame.owner === "application" || position >= tail) {
      endRun();
      entries.push(each);
    } else {
      run.push(each);
    }
  }
  endRun();
  return entries;
}

/**
 * The frame to look at first: the innermost of the application's, else the innermost; null if there is none. Of a recursion
 * that has used up the stack it is one that recurs: what it called last is no more to blame than any other.
 */
export function mainFrame(frames: readonly FrameModel[]): FrameModel | null {
  const recurring = frames.findIndex(({ recursion }) => (recursion?.times ?? 0) >= DEEP);
  const length = frames[recurring]?.recursion?.length;
  if (length !== undefined) {
    const cycle = frames.slice(recurring, recurring + length);
    const own = cycle.findLast(({ owner, hidden }) => owner === "application" && !hidden);
    if (own !== undefined) return own;
  }
  const shown = visibleFrames(frames, false).map(({ frame }) => frame);
  return shown.findLast(({ owner }) => owner === "application") ?? shown.at(-1) ?? null;
}

/** Whose code a frame runs, by the name people know it by: `django`, `threading`. */
export function packageOf({ module, file }: FrameModel): string {
  const [top = ""] = module.split(".");
  if (top !== "" && !top.startsWith("__")) return top;
  const inPackages = /[/\\](?:site|dist)-packages[/\\]([^/\\]+)/.exec(file)?.[1];
  return (inPackages ?? file.split(/[/\\]/).at(-1) ?? file).replace(/\.py$/, "");
}

/** How many frames were on the stack for these: repeated ones count as often as they were there. */
export function countFrames(frames: readonly FrameModel[]): number {
  let count = frames.length;
  for (const { recursion } of frames) if (recursion !== null) count += recursion.length * recursion.times;
  return count;
}

/** `12 frames of flask, werkzeug`. */
export function describeFold({ frames, packages }: Fold): string {
  const count = countFrames(frames.map(({ frame }) => frame));
  return `${count} ${count === 1 ? "frame" : "frames"} of ${packages.join(", ")}`;
}

function foldOf(run: readonly ShownFrame[]): Fold {
  const packages = [...new Set(run.map(({ frame }) => packageOf(frame)))];
  return { kind: "fold", frames: run, packages, repeated: run.at(-1)?.repeated ?? null };
}

function visibleFrames(frames: readonly FrameModel[], showsHidden: boolean): readonly ShownFrame[] {
  const all = showsHidden || frames.every(({ hidden }) => hidden);
  const shown: ShownFrame[] = [];
  const ends = repetitionEnds(frames);
  for (const [index, frame] of frames.entries()) {
    const repeated = ends.get(index) ?? null;
    const last = shown.at(-1);
    if (all || !frame.hidden) shown.push({ kind: "frame", frame, index, repeated });
    // A cycle whose last frame hides itself ends with the one before, if that is of the cycle.
    else if (repeated !== null && last !== undefined && last.index > index - repeated.length) {
      shown.splice(-1, 1, { ...last, repeated });
    }
  }
  return shown;
}

/** By the index of the last frame of each cycle: the model has it at the first. */
function repetitionEnds(frames: readonly FrameModel[]): ReadonlyMap<number, Repetition> {
  const ends = new Map<number, Repetition>();
  for (const [index, { recursion }] of frames.entries()) {
    if (recursion !== null) ends.set(Math.min(index + recursion.length, frames.length) - 1, recursion);
  }
  return ends;
}
