import { randomBytes } from "node:crypto";

/**
 * Names this run of the server. Errors and requests are numbered from 1 in each: a page of an earlier run, left open, would
 * run code in another error's frame, and send another request than the one it shows. No secret.
 */
export const RUN: string = randomBytes(9).toString("base64url");
