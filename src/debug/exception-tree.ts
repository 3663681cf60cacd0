import type { ExceptionModel } from "../error-model.ts";

/** How one exception is written; who calls it puts the chain and the groups around it. */
export interface ExceptionPrinter {
  /** Lines below `Traceback (most recent call last):`; none where it was never raised. */
  frames(exception: ExceptionModel): readonly string[];
  /** What was raised: type, message, notes. */
  headline(exception: ExceptionModel): readonly string[];
  /** Dresses lines that are none of the exception's own: bars and sentences. @defaultValue as they are */
  readonly dress?: (line: string) => string;
}

const CAUSE = "The above exception was the direct cause of the following exception:";
const CONTEXT = "During handling of the above exception, another exception occurred:";
/** Of groups: what Python's own traceback shows. */
const MEMBERS = 15;
const DEPTH = 10;

/** An exception with what led to it before it, and the members of a group between bars, as Python prints them (PEP 3134, PEP 654). */
export function printException(exception: ExceptionModel, printer: ExceptionPrinter): readonly string[] {
  const tree = new ExceptionTree(printer);
  tree.chain(exception);
  return tree.lines;
}

/** A link of a chain, and what stands between it and the one before it. */
interface Link {
  readonly exception: ExceptionModel;
  readonly sentence: string | null;
}

/** What led to an exception comes first. */
export function chainOf(exception: ExceptionModel): readonly Link[] {
  const links: Link[] = [];
  for (let each: ExceptionModel | null = exception; each !== null; each = each.cause ?? each.context) {
    links.push({ exception: each, sentence: each.cause ? CAUSE : each.context ? CONTEXT : null });
  }
  return links.toReversed();
}

class ExceptionTree {
  readonly lines: string[] = [];
  readonly #printer: ExceptionPrinter;
  readonly #dress: (line: string) => string;
  /** Groups that are open. */
  #depth = 0;
  /** The bar at the end of a group is drawn once, by the innermost that ends there. */
  #needsEnd = false;

  constructor(printer: ExceptionPrinter) {
    this.#printer = printer;
    this.#dress = printer.dress ?? ((line) => line);
  }

  chain(exception: ExceptionModel): void {
    for (const link of chainOf(exception)) {
      if (link.sentence !== null) this.#emit(["", this.#dress(link.sentence), ""]);
      if (link.exception.members.length === 0) this.#single(link.exception);
      else if (this.#depth > DEPTH) this.#emit([this.#dress(`... (max_group_depth is ${DEPTH})`)]);
      else this.#group(link.exception);
    }
  }

  #single(exception: ExceptionModel): void {
    const frames = this.#printer.frames(exception);
    if (frames.length > 0) this.#emit([this.#dress("Traceback (most recent call last):"), ...frames]);
    this.#emit(this.#printer.headline(exception));
  }

  #group(group: ExceptionModel): void {
    const isOutermost = this.#depth === 0;
    if (isOutermost) this.#depth = 1;
    const frames = this.#printer.frames(group);
    if (frames.length > 0) {
      const title = this.#dress("Exception Group Traceback (most recent call last):");
      if (isOutermost) this.lines.push(`${this.#dress(`${this.#indentation}+`)} ${title}`);
      else this.#emit([title]);
      this.#emit(frames);
    }
    this.#emit(this.#printer.headline(group));
    this.#members(group.members);
    if (isOutermost) this.#depth = 0;
  }

  #members(members: readonly ExceptionModel[]): void {
    const left = members.length - MEMBERS;
    const shown = left > 0 ? [...members.slice(0, MEMBERS), null] : members;
    this.#needsEnd = false;
    for (const [index, member] of shown.entries()) {
      if (index === shown.length - 1) this.#needsEnd = true;
      const bar = `+---------------- ${member === null ? "..." : index + 1} ----------------`;
      this.lines.push(this.#dress(`${this.#indentation}${index === 0 ? "+-" : "  "}${bar}`));
      this.#depth++;
      if (member === null) this.#emit([this.#dress(`and ${left} more exception${left > 1 ? "s" : ""}`)]);
      else this.chain(member);
      if (index === shown.length - 1 && this.#needsEnd) {
        this.lines.push(this.#dress(`${this.#indentation}+${"-".repeat(36)}`));
        this.#needsEnd = false;
      }
      this.#depth--;
    }
  }

  get #indentation(): string {
    return "  ".repeat(this.#depth);
  }

  #emit(lines: readonly string[]): void {
    const bar = this.#depth === 0 ? "" : `${this.#dress(`${this.#indentation}|`)} `;
    for (const line of lines) this.lines.push(bar + line);
  }
}
