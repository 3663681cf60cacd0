import { BASE } from "./style-base.ts";
import { CODE } from "./style-code.ts";
import { LISTS } from "./style-lists.ts";
import { TOOLS } from "./style-tools.ts";
import { TRACE } from "./style-trace.ts";

/** Of all pages of the debugger. */
export const STYLE: string = BASE + TRACE + CODE + LISTS + TOOLS;
