/** Of the error page, in light and dark; colours have a contrast of at least 4.5 (WCAG 2.2 §1.4.3). */
export const STYLE: string = `
:root {
  color-scheme: light dark;
  --ground: #fff;
  --raised: #f6f5f3;
  --line: #dedbd5;
  --text: #1d1c1a;
  --quiet: #65615a;
  --error: #b3261e;
  --mark: #0b57a4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #161514;
    --raised: #211f1d;
    --line: #3a3733;
    --text: #ece9e4;
    --quiet: #a49e95;
    --error: #ff8a80;
    --mark: #8ab8f0;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0;
  background: var(--ground);
  color: var(--text);
  font: 16px/1.5 system-ui, sans-serif;
  font-variant-ligatures: none;
  border-top: 4px solid var(--error);
}
main {
  max-width: 72rem;
  margin: 0 auto;
  padding: 2rem clamp(1rem, 4vw, 3rem) 3rem;
}
p, h1, h2 { overflow-wrap: anywhere; }
p { max-width: 52rem; margin: 0 0 1rem; }
.request { color: var(--quiet); font: 0.875rem/1.5 ui-monospace, monospace; }
.request b { font-weight: 600; }
h1 {
  margin: 0 0 1rem;
  color: var(--error);
  font-size: clamp(1.25rem, 1rem + 1.6vw, 1.75rem);
  line-height: 1.3;
  white-space: pre-wrap;
}
h2 { margin: 2rem 0 0.5rem; font-size: 1rem; }
.message, .hint { white-space: pre-wrap; }
.hint { border-left: 3px solid var(--mark); padding-left: 0.75rem; }
.follows { color: var(--quiet); font-size: 0.875rem; }
pre {
  margin: 0;
  padding: 1rem;
  overflow-x: auto;
  background: var(--raised);
  border: 1px solid var(--line);
  border-radius: 6px;
  font: 0.875rem/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  tab-size: 4;
}
pre:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; }
.frame b { color: var(--mark); }
.library { color: var(--quiet); }
strong { color: var(--error); }
@media (max-width: 40rem) {
  main { padding-top: 1.25rem; }
  pre { padding: 0.75rem; font-size: 0.75rem; }
  /* The end of a path says most, and marks under source lines have to stay in place. */
  .head, strong { white-space: pre-wrap; overflow-wrap: anywhere; }
}
`;
