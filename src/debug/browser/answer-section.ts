import { renderAnswer } from "../page/answer-panel.ts";
import type { ReplayAnswer } from "../replay-answer.ts";
import { element, fragmentOf } from "./dom.ts";

/** The response to what was sent again, below the bar, which stays where it is while one reads. */
export class AnswerSection {
  readonly element: HTMLElement = element("section", {
    class: "answer",
    tabindex: "-1",
    hidden: true,
    "aria-labelledby": "answer-title",
  });

  /** @param request that it was kept as */
  show(answer: ReplayAnswer, request: number): void {
    this.element.replaceChildren(fragmentOf(renderAnswer(answer, request)));
    this.element.hidden = false;
  }

  hide(): void {
    this.element.hidden = true;
  }

  /** @param bar stays on top of it, and has several lines where there is little room */
  goTo(bar: HTMLElement): void {
    this.element.style.scrollMarginTop = `${bar.offsetHeight}px`;
    this.element.scrollIntoView();
    this.element.focus({ preventScroll: true });
  }
}
