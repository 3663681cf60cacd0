/** What the gateway answers itself, before any application. Also in the script of the debugger's pages: imports nothing. */
export const INTERNAL_PREFIX = "/__highball__/";

/** The routes below the prefix. */
export const EVENTS_PATH: string = `${INTERNAL_PREFIX}events`;
export const SCRIPT_PATH: string = `${INTERNAL_PREFIX}refresh.js`;
