/** Colours, text and the frame of a page. Colours of text have a contrast of at least 4.5 on every ground (WCAG 2.2 §1.4.3). */
export const BASE: string = `
:root {
  color-scheme: light dark;
  --ground: #fff;
  --raised: #f8f7f5;
  --chosen: #eef3fa;
  --running: #fdf1ee;
  --mark: #fbd9d2;
  --passed: #e8f4ea;
  --line: #e4e1db;
  --edge: #8b867d;
  --text: #1d1c1a;
  --quiet: #625e57;
  --error: #b3261e;
  --accent: #0b57a4;
  --keyword: #7a3e9d;
  --string: #1b6b3a;
  --number: #8a4600;
  --builtin: #0a6170;
  --sans: system-ui, -apple-system, "Segoe UI", sans-serif;
  --mono: ui-monospace, SFMono-Regular, "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #171614;
    --raised: #1f1e1b;
    --chosen: #1d2836;
    --running: #2e1f1c;
    --mark: #5b2a24;
    --passed: #1b2a1e;
    --line: #35322e;
    --edge: #7d776e;
    --text: #ece9e4;
    --quiet: #a8a299;
    --error: #ff9a90;
    --accent: #92bdf2;
    --keyword: #d0a9f0;
    --string: #97d0a2;
    --number: #efb884;
    --builtin: #83cfdb;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  margin: 0;
  background: var(--ground);
  color: var(--text);
  font: 0.9375rem/1.5 var(--sans);
  font-variant-ligatures: none;
}
code, pre { font-family: var(--mono); font-size: 0.8125rem; }
h1, h2, h3, p, dl, ol, ul, pre { margin: 0; padding: 0; }
ol, ul { list-style: none; }
p, h1, h2, h3, dt, dd, a { overflow-wrap: anywhere; }
h2 { font-size: 0.9375rem; font-weight: 600; }
h3 { font-size: 0.8125rem; font-weight: 600; }
code, bdi, dt, dd, li, .place, .title, h1 > span { unicode-bidi: isolate; }
small { font-size: 0.8125rem; font-weight: 400; color: var(--quiet); }
a { color: var(--accent); text-decoration: none; text-underline-offset: 0.2em; }
a:hover, .missing-page p a, .notice a, .detail a { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
summary { cursor: pointer; }
[hidden] { display: none !important; }
.bar {
  display: flex;
  gap: 0.25rem 2rem;
  flex-wrap: wrap;
  align-items: baseline;
  justify-content: space-between;
  padding: 0.625rem clamp(1rem, 3vw, 2.5rem);
  border-bottom: 1px solid var(--line);
  background: var(--raised);
  color: var(--quiet);
  font-size: 0.875rem;
}
.error-page .bar { border-top: 3px solid var(--error); }
.bar .subject { min-width: 0; overflow-wrap: anywhere; }
.bar .subject > * { margin-right: 0.5rem; }
.bar code { color: var(--text); font-size: 0.8125rem; }
.status { font-weight: 600; }
.status.failed { color: var(--error); }
.bar nav { display: flex; gap: 1.25rem; }
.bar nav a { color: var(--quiet); }
.bar nav a[aria-current] { color: var(--text); font-weight: 600; }
main { max-width: 100rem; margin: 0 auto; padding: 1.75rem clamp(1rem, 3vw, 2.5rem) 2rem; }
.headline { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 2rem; margin-bottom: 1.5rem; }
.headline > * { grid-column: 1; }
.headline > .actions { grid-column: 2; grid-row: 1 / span 9; align-self: start; }
h1 {
  max-width: 64rem;
  font-size: clamp(1.25rem, 1.05rem + 0.9vw, 1.625rem);
  font-weight: 600;
  line-height: 1.3;
  letter-spacing: -0.01em;
  white-space: pre-wrap;
}
h1 .raised-type, h1 .colon { color: var(--error); }
h1 .module { font-weight: 400; }
h1 .message { font-weight: 500; }
.lengthy h1 { font-size: 1.125rem; letter-spacing: 0; }
.headline .where { margin-top: 0.375rem; color: var(--quiet); }
.headline .note, .headline p.message, .headline .hint { max-width: 52rem; margin-top: 0.375rem; white-space: pre-wrap; }
.headline .note { padding-left: 0.75rem; border-left: 3px solid var(--line); }
.hint { color: var(--quiet); }
pre.message { margin: 0.75rem 0 0.5rem; max-height: 16rem; overflow: auto; padding: 0.75rem; background: var(--raised); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; }
.place { font-family: var(--mono); font-size: 0.8125rem; }
.place b { font-weight: 600; }
.notice { margin: 0 0 1.25rem; padding: 0.625rem 0.875rem; border: 1px solid var(--line); border-left: 3px solid var(--number); border-radius: 6px; background: var(--raised); }
footer { margin-top: 2rem; padding-top: 0.75rem; border-top: 1px solid var(--line); color: var(--quiet); font-size: 0.8125rem; }
footer p { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; }
.plain pre, .output pre, .part pre {
  padding: 0.75rem 0.875rem;
  overflow: auto;
  max-height: 26rem;
  background: var(--raised);
  border: 1px solid var(--line);
  border-radius: 6px;
  line-height: 1.55;
  tab-size: 4;
}
/* The end is what was printed last: the browser begins there. */
.output pre { display: flex; flex-direction: column-reverse; }
.stderr { color: var(--quiet); }
.plain h2, .output h2 { margin-bottom: 0.5rem; }
@media (prefers-reduced-motion: no-preference) {
  a, button, summary { transition: background-color 0.1s, color 0.1s; }
}
`;
