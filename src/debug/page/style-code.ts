/** Source and values. */
export const CODE: string = `
.source {
  overflow-x: auto;
  padding: 0.5rem 0;
  background: var(--raised);
  border: 1px solid var(--line);
  border-radius: 6px;
  line-height: 1.6;
  tab-size: 4;
}
.source code { display: block; width: max-content; min-width: 100%; }
.source .line { display: block; padding-right: 1rem; }
.source .line::before {
  content: attr(data-line);
  position: sticky;
  left: 0;
  display: inline-block;
  width: 3.75rem;
  padding-right: 1rem;
  margin-right: 0.25rem;
  text-align: right;
  color: var(--quiet);
  background: var(--raised);
  user-select: none;
}
.source .running, .source .running::before { background: var(--running); }
.source .here { box-shadow: inset 3px 0 var(--error); }
.source .here::before { color: var(--error); font-weight: 600; box-shadow: inset 3px 0 var(--error); }
.source mark { background: var(--mark); color: inherit; border-radius: 2px; box-shadow: 0 1px 0 var(--error); }
.keyword { color: var(--keyword); }
.string, .value.text { color: var(--string); }
.number, .value.literal, .decorator { color: var(--number); }
.builtin { color: var(--builtin); }
.definition { color: var(--accent); }
.comment, .source .operator { color: var(--quiet); }
.variables { margin-top: 1.25rem; }
.variables dl { border-top: 1px solid var(--line); }
.variable { display: grid; grid-template-columns: minmax(5rem, 22%) minmax(0, 1fr); gap: 0 1rem; padding: 0.3125rem 0; border-bottom: 1px solid var(--line); }
.variable dt code { color: var(--text); }
.variable.used dt code { font-weight: 700; }
.variable dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
.value { white-space: pre-wrap; overflow-wrap: anywhere; }
.value.broken { color: var(--error); font-style: italic; }
.cut, .type { color: var(--quiet); font-size: 0.75rem; }
.type { margin-left: 0.75rem; white-space: nowrap; }
.cut { margin-left: 0.25rem; }
.items > summary .opening, .items[open] > summary .preview { display: none; }
.items[open] > summary .opening { display: inline; }
.items ul { margin-left: 1.375rem; padding-left: 1.125rem; border-left: 1px solid var(--line); }
.items, .long { display: block; }
/* Outside, or a value without spaces begins in the line below it. */
.items > summary, .long > summary { list-style-position: outside; margin-left: 1.125rem; }
.long > .value { display: block; margin-left: 1.125rem; }
.items > .value { margin-left: 1.125rem; }
.long[open] > summary > code { display: none; }
.long:not([open]) > summary > .less { display: none; }
.key.field { color: var(--text); }
.is { color: var(--quiet); }
.is { margin-right: 0.25rem; }
.items li > .items, .items li > .long { display: inline-block; vertical-align: top; max-width: 100%; }
summary::marker { color: var(--quiet); }
@media (forced-colors: active) {
  .source .here::before { outline: 1px solid; outline-offset: -1px; }
  .source mark { background: Mark; color: MarkText; }
}
@media (max-width: 44rem) {
  .source .indent { display: none; }
  .source .line::before { width: 2.75rem; padding-right: 0.625rem; }
  .variable { grid-template-columns: minmax(0, 1fr); }
  .variable dd { padding-left: 0.75rem; }
}
`;
