import { isIP } from "node:net";
import type { Kind } from "./kinds.ts";
import { Misfit, quote } from "./misfit.ts";

const NAME = /^\.?[a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?$/i;

/** A host that this machine goes by; with a dot in front it stands for every name below it too. */
export const trustedName: Kind<string> = {
  placeholder: "HOST",
  example: "dev.example.com",
  parse: (raw) => {
    if (typeof raw !== "string") throw new Misfit(`${quote(raw)} is not text`);
    const bare = raw.replace(/^\[(.*)\]$/, "$1");
    if (isAnyAddress(bare)) throw new Misfit(`${quote(raw)} is no name of one machine: it stands for all`);
    if (isIP(bare) > 0) return bare.toLowerCase();
    if (bare.includes(":")) throw new Misfit(`${quote(raw)} is more than a host; the port does not count`);
    if (!NAME.test(bare)) throw new Misfit(`${quote(raw)} is neither a host name nor an IP address`);
    return bare.toLowerCase();
  },
  show: quote,
};

/** `0.0.0.0` and `::` lead to this machine too, and pages of other sites may be loaded from them. */
function isAnyAddress(host: string): boolean {
  return /^(?:0+(?:\.0+){0,3}|[0:]+)$/.test(host) && host !== ":";
}
