/** The request, and the pages that list errors and requests. */
export const LISTS: string = `
.request h2 { margin-bottom: 0.5rem; }
.facts { margin-bottom: 0.25rem; }
.facts code { overflow-wrap: anywhere; }
.quiet { color: var(--quiet); font-size: 0.875rem; }
.part { margin-top: 0.75rem; }
.part > summary { font-size: 0.875rem; font-weight: 600; }
.part dl { margin-top: 0.375rem; border-top: 1px solid var(--line); }
.part dl > div { display: grid; grid-template-columns: minmax(7rem, 14rem) minmax(0, 1fr); gap: 0 1rem; padding: 0.1875rem 0; border-bottom: 1px solid var(--line); }
.part dt code { color: var(--quiet); }
.part dd { margin: 0; }
.part dd code { white-space: pre-wrap; overflow-wrap: anywhere; }
.part pre { margin-top: 0.5rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.listing { border-top: 1px solid var(--line); }
.listing > li { border-bottom: 1px solid var(--line); }
.listing > li > a, .listing > li > .row { display: grid; grid-template-columns: 6rem minmax(0, 1fr) auto; gap: 0.125rem 1rem; padding: 0.625rem 0.5rem; color: var(--text); }
.listing > li > a:hover { background: var(--raised); text-decoration: none; }
.listing .title { font-weight: 600; overflow-wrap: anywhere; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
.listing .title.failed, .listing .failed { color: var(--error); }
.listing time, .listing .detail { color: var(--quiet); font-size: 0.8125rem; }
.listing .detail { grid-column: 2; overflow-wrap: anywhere; }
.empty { padding: 2rem 0; max-width: 40rem; color: var(--quiet); }
@media (max-width: 44rem) {
  .part dl > div { grid-template-columns: minmax(0, 1fr); }
  .part dd { padding-left: 0.75rem; }
  .listing > li > a, .listing > li > .row { grid-template-columns: minmax(0, 1fr) auto; }
  .listing .title { grid-row: 1; }
  .listing > li > a > .title { grid-column: 1 / -1; }
  .listing .status { grid-area: 1 / 2; }
  .listing time { grid-area: 2 / 2; }
  .listing .detail { grid-area: 2 / 1; }
}
`;
