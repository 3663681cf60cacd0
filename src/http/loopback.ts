import { isIPv4 } from "node:net";

/** Whether an address leads to the machine that it is used on. */
export function isLoopback(address: string): boolean {
  return address === "::1" || (isIPv4(address) && address.startsWith("127."));
}
