import { markup, type Markup } from "../../http/error-page/markup.ts";

/** What a table shows; a name may be there twice. */
export type Rows = readonly (readonly [name: string, value: string])[];

/** Names and values behind a title that folds. Runs in the gateway and in the browser. */
export function table(title: string, rows: Rows, isOpen: boolean): Markup | null {
  if (rows.length === 0) return null;
  const open = isOpen ? markup` open` : null;
  return markup`<details class="part"${open}><summary>${title} <small>${rows.length}</small></summary>
<dl>${rows.map(([name, value]) => markup`<div><dt><code>${name}</code></dt><dd><code>${value}</code></dd></div>\n`)}</dl>
</details>
`;
}
