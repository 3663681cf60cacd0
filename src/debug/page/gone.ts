import { markup, type Markup } from "../../http/error-page/markup.ts";

/** Stands above frames in which no code can be run. In the gateway's pages and in the browser. */
export const GONE: Markup = markup`<p class="notice" role="status">The process that held these frames has ended. The values are
those of then; code can be run in them no more. <span class="hint">Send the request again to get frames that live.</span></p>
`;
