/** Frames beside what is to be seen of the chosen one, and what stands below both. */
export const TRACE: string = `
.trace { display: grid; grid-template-columns: minmax(15rem, 24rem) minmax(0, 1fr); gap: 1.25rem 2rem; align-items: start; }
.frames { position: sticky; top: 1rem; max-height: calc(100vh - 2rem); overflow-y: auto; overscroll-behavior: contain; padding: 2px; }
.frames h2, .panel h3 { margin-bottom: 0.5rem; font-size: 0.8125rem; color: var(--quiet); font-weight: 600; }
.frames h2 small { font-weight: 400; }
.frame { display: block; padding: 0.4375rem 0.75rem; border-left: 3px solid transparent; border-radius: 4px; color: var(--text); }
.frame:focus-visible, .fold > details > summary:focus-visible { outline-offset: -2px; }
.frame:hover { background: var(--raised); text-decoration: none; }
.frame[aria-current] { background: var(--chosen); border-left-color: var(--accent); }
.frame .function { font: 600 0.8125rem var(--mono); }
.frame .place { display: block; color: var(--quiet); font-size: 0.75rem; }
.frame code { display: block; margin-top: 0.125rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 0.75rem; }
.frame:not(.application) .function { font-weight: 400; color: var(--quiet); }
.frame:not(.application) .place b { font-weight: 400; }
.fold > details > summary { padding: 0.3125rem 0.75rem; border-left: 3px solid transparent; border-radius: 4px; color: var(--quiet); font-size: 0.8125rem; }
.fold > details > summary:hover { background: var(--raised); }
.fold ol { margin-left: 0.75rem; border-left: 1px solid var(--line); }
.repeated, .omitted { padding: 0.25rem 0.75rem 0.25rem 0.9375rem; color: var(--quiet); font-size: 0.8125rem; }
.repeated::before { content: "↻ "; }
.sentence { margin: 0.875rem 0 0.875rem; padding: 0 0.75rem 0 0.9375rem; color: var(--quiet); font-size: 0.8125rem; font-style: italic; }
.raised h3 { padding: 0.25rem 0.75rem 0.25rem 0.9375rem; font-weight: 400; }
.raised h3 b { color: var(--error); font-weight: 600; }
.raised .note { padding: 0 0.75rem 0.25rem 0.9375rem; color: var(--quiet); font-size: 0.8125rem; white-space: pre-wrap; }
.members { margin-left: 0.9375rem; border-left: 1px solid var(--line); }
.members > li { padding: 0 0 0.5rem 0.25rem; }
.members > li + li { padding-top: 0.5rem; border-top: 1px solid var(--line); }
.panel { scroll-margin-top: 1rem; }
.panels > .panel { display: none; }
.panels:not(:has(> :target)) > .first, .panels > :target { display: block; }
.scripted .panels > .panel { display: none; }
.scripted .panels > .chosen { display: block; }
.panel:focus { outline: none; }
.panel > header { display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: baseline; margin-bottom: 0.625rem; }
.panel > header h2 code { font-size: 0.9375rem; }
.panel > header p { display: flex; flex-wrap: wrap; gap: 0 0.75rem; align-items: baseline; min-width: 0; }
.panel > header .module { color: var(--quiet); font-size: 0.8125rem; }
.panel > .info { margin-bottom: 0.625rem; white-space: pre-wrap; color: var(--quiet); }
.missing { padding: 0.75rem 0; color: var(--quiet); }
.more { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 2rem; margin-top: 2.5rem; padding-top: 1.5rem; border-top: 1px solid var(--line); }
.more:empty { display: none; }
.more > :only-child { grid-column: 1 / -1; }
@media (forced-colors: active) {
  /* What is transparent is drawn there, and a ground is not. */
  .frame, .fold > details > summary { border-left-color: Canvas; }
  .frame[aria-current] { border-left: 6px solid Highlight; outline: 1px solid Highlight; outline-offset: -1px; }
}
@media (max-width: 60rem) {
  .trace { grid-template-columns: minmax(12rem, 16rem) minmax(0, 1fr); gap: 1rem 1.25rem; }
  .more { grid-template-columns: minmax(0, 1fr); }
}
@media (max-width: 44rem) {
  main { padding-top: 1.25rem; }
  .trace { grid-template-columns: minmax(0, 1fr); }
  .frames { position: static; max-height: none; }
  .frame .place { overflow: hidden; text-overflow: ellipsis; }
}
@media print {
  .bar nav, .actions, .console-place, .tools { display: none !important; }
  .trace, .more { display: block; }
  .frames { position: static; max-height: none; margin-bottom: 1rem; }
  .panels > .panel, .scripted .panels > .panel { display: block; margin-bottom: 1.5rem; break-inside: avoid-page; }
  .panels > .panel:not([data-owner="application"], .chosen, .first) { display: none !important; }
  .source, .output pre, .plain pre { max-height: none; overflow: visible; white-space: pre-wrap; }
}
`;
