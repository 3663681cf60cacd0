/** What the script puts into a page: buttons, console, dialogs, the bar of a replay. */
export const TOOLS: string = `
button, input, textarea { font: inherit; color: inherit; }
button, a.button {
  padding: 0.25rem 0.75rem;
  border: 1px solid var(--edge);
  border-radius: 6px;
  background: var(--ground);
  color: var(--text);
  font-size: 0.8125rem;
  line-height: 1.5;
  cursor: pointer;
}
button:hover:not(:disabled), a.button:hover { background: var(--raised); text-decoration: none; }
button:disabled { color: var(--quiet); cursor: default; }
button.primary { border-color: var(--accent); background: var(--accent); color: var(--ground); }
button.primary:hover:not(:disabled) { background: var(--text); border-color: var(--text); }
button.primary:disabled { background: var(--quiet); border-color: var(--quiet); color: var(--ground); }
kbd { padding: 0 0.3125rem; border: 1px solid var(--line); border-radius: 4px; font: 0.75rem var(--mono); color: var(--quiet); }
input { padding: 0.25rem 0.5rem; border: 1px solid var(--edge); border-radius: 6px; background: var(--ground); }
input:focus-visible, textarea:focus-visible { outline-offset: 0; }
.actions { display: flex; flex-wrap: wrap; gap: 0.5rem; }
.replay { position: sticky; top: 0; z-index: 2; display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; padding: 0.5rem clamp(1rem, 3vw, 2.5rem); border-bottom: 1px solid var(--line); background: var(--chosen); font-size: 0.875rem; }
.replay[data-state="failed"] { background: var(--running); }
.replay[data-state="passed"] { background: var(--passed); }
.replay > [role="status"] { font-weight: 600; overflow-wrap: anywhere; }
.replay label { display: flex; gap: 0.375rem; align-items: center; color: var(--text); }
.replay input { margin: 0; }
.replay:not([hidden]) ~ main .frames { top: 4rem; max-height: calc(100vh - 5rem); }
.answer { max-width: 100rem; margin: 0 auto; padding: 1.25rem clamp(1rem, 3vw, 2.5rem) 1.5rem; border-bottom: 1px solid var(--line); }
.answer h2 { margin-bottom: 0.25rem; }
.answer .facts a { text-decoration: underline; }
.answer .part pre { max-height: min(26rem, 50vh); }
.search { display: flex; gap: 0.75rem; align-items: center; }
.variables { position: relative; }
.variables > h3 { display: inline-block; }
.variables > .search { position: absolute; top: -0.4375rem; right: 0; }
.search input { width: 11rem; font-size: 0.8125rem; }
.search .found { color: var(--quiet); font-size: 0.8125rem; }
::highlight(found) { background: #ffd75e; color: #1d1c1a; }
.source:has(+ .console-place > .console) { border-bottom-left-radius: 0; border-bottom-right-radius: 0; }
.console { border: 1px solid var(--line); border-top: 0; border-radius: 0 0 6px 6px; background: var(--ground); }
.missing + .console-place > .console, .console-place:first-child > .console { border-top: 1px solid var(--line); border-radius: 6px; }
[data-gone="true"] .prompt, [data-gone="true"] .locked, [data-gone="true"] .console:not(:has(.log:not([hidden]), .gone)) { display: none; }
.chevrons { color: var(--accent); font: 0.8125rem/1.5 var(--mono); user-select: none; white-space: pre; }
.locked { display: block; width: 100%; padding: 0.4375rem 0.875rem; border: 0; background: none; color: var(--quiet); text-align: left; }
.prompt { position: relative; display: flex; align-items: start; gap: 0.5rem; padding: 0.4375rem 0.875rem; }
.prompt textarea { flex: 1; min-width: 0; margin: 0; padding: 0; border: 0; resize: none; background: none; font: 0.8125rem/1.5 var(--mono); tab-size: 4; }
.prompt textarea:focus { outline: none; }
.prompt:focus-within { outline: 2px solid var(--accent); outline-offset: -1px; border-radius: 0 0 6px 6px; }
.prompt .chevrons { padding-top: 0; }
.completions { position: absolute; top: 100%; left: 2.5rem; z-index: 3; max-height: 14rem; min-width: 12rem; overflow-y: auto; margin: 0; padding: 0.25rem; border: 1px solid var(--edge); border-radius: 6px; background: var(--ground); font: 0.8125rem var(--mono); box-shadow: 0 4px 16px rgb(0 0 0 / 0.15); }
.completions li { padding: 0.125rem 0.5rem; border-radius: 4px; cursor: pointer; }
.completions [aria-selected="true"] { background: var(--accent); color: var(--ground); }
.log { max-height: 26rem; overflow: auto; padding: 0.375rem 0.875rem; border-bottom: 1px solid var(--line); }
.evaluation { padding: 0.125rem 0; }
.evaluation pre { white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.5; }
.evaluation .result { overflow-wrap: anywhere; }
.exhibit-title { font-size: 0.8125rem; font-weight: 600; }
.evaluation .variables { margin: 0.25rem 0; }
.short-traceback { margin: 0.125rem 0; padding-left: 0.75rem; border-left: 3px solid var(--error); font-size: 0.8125rem; }
.short-traceback .error-line { font-family: var(--mono); white-space: pre-wrap; }
.short-traceback .quiet { font: 0.8125rem var(--mono); }
.short-traceback b { color: var(--error); }
.short-traceback .sentence { padding: 0; margin: 0.375rem 0; }
.running-note, .gone { padding: 0.4375rem 0.875rem; color: var(--quiet); font-size: 0.875rem; }
dialog { max-width: min(32rem, calc(100vw - 2rem)); padding: 1.25rem 1.5rem; border: 1px solid var(--line); border-radius: 10px; background: var(--ground); color: var(--text); box-shadow: 0 12px 48px rgb(0 0 0 / 0.3); }
dialog::backdrop { background: rgb(0 0 0 / 0.45); }
dialog h2 { font-size: 1.0625rem; margin-bottom: 0.5rem; }
dialog h3 { margin: 1rem 0 0.25rem; color: var(--quiet); }
.buttons { display: flex; justify-content: flex-end; gap: 0.5rem; margin-top: 1rem; }
.keys dl > div { display: grid; grid-template-columns: 7rem 1fr; gap: 0.75rem; padding: 0.1875rem 0; }
.keys dd { margin: 0; }
.keys kbd { color: var(--text); }
.copy { width: min(52rem, calc(100vw - 2rem)); max-width: none; }
.copy textarea { width: 100%; padding: 0.5rem; border: 1px solid var(--line); border-radius: 6px; background: var(--raised); font: 0.75rem/1.5 var(--mono); }
.unlock-form { margin-top: 0.875rem; }
.unlock-form label { display: block; font-weight: 600; font-size: 0.8125rem; }
.unlock-form .field { display: flex; gap: 0.5rem; margin: 0.25rem 0; }
.unlock-form input { width: 12rem; font: 1rem var(--mono); letter-spacing: 0.03em; }
.unlock-form .hint { font-size: 0.8125rem; }
.problem { color: var(--error); min-height: 1.5em; font-size: 0.875rem; }
.toast { position: fixed; left: 50%; bottom: 1.25rem; transform: translateX(-50%); z-index: 4; max-width: calc(100vw - 2rem); padding: 0.5rem 1rem; border-radius: 8px; background: var(--text); color: var(--ground); font-size: 0.875rem; box-shadow: 0 4px 16px rgb(0 0 0 / 0.25); }
@media (forced-colors: active) {
  .completions [aria-selected="true"] { outline: 2px solid Highlight; outline-offset: -2px; }
  .prompt:focus-within { outline-color: Highlight; }
}
/* Phones enlarge a page whose fields have smaller letters, and leave it so. They have no keys to tell of. */
@media (max-width: 44rem) and (pointer: coarse) {
  .prompt textarea, .prompt .chevrons, .search input { font-size: 1rem; }
  .actions [aria-keyshortcuts="?"] { display: none; }
}
@media (max-width: 68rem) {
  .headline { display: block; }
  .headline > .actions:not(:empty) { margin-top: 0.875rem; }
}
@media (max-width: 44rem) {
  .actions kbd, button kbd { display: none; }
  .search input { width: 8rem; }
}
@media print {
  .console, .replay, .answer, .toast, dialog { display: none !important; }
}
`;
