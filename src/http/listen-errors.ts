import { networkInterfaces } from "node:os";

import { HighballError } from "../errors.ts";
import { bracketed, formatAddress, type TcpAddress } from "../settings/address.ts";
import { describeHolder, type Holder } from "./port-holder.ts";

/** The system's name of an error, for example `EADDRINUSE`. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** @param free a port that could be had instead, where one was found */
export function addressInUse(
  host: string,
  port: number,
  holder: Holder | null,
  free: string | null,
): HighballError {
  const where = `Port ${port} on ${bracketed(host)}`;
  if (holder?.pid === process.pid) {
    return new HighballError("ADDRESS_IN_USE", `${where} is already listened on by this same server.`, {
      hint: "Remove the --bind that the other one covers, or give it another port.",
    });
  }
  const elsewhere = free === null ? [] : [`use another port: --bind ${free}`];
  const end = holder?.pid == null ? [] : [`end that process: kill ${holder.pid}`];
  // macOS answers on 5000 and 7000 itself, and nothing there says so.
  const airplay =
    process.platform === "darwin" && (port === 5000 || port === 7000)
      ? ["turn AirPlay Receiver off in System Settings"]
      : [];
  return new HighballError("ADDRESS_IN_USE", `${where} is in use by ${describeHolder(holder)}.`, {
    hint:
      sentence([...elsewhere, ...end, ...airplay]) ||
      "Use another port: --bind 127.0.0.1:0 takes a free one.",
  });
}

/** Says why the system refused to listen on a TCP address (listen(2), bind(2)). */
export function explainTcpError(error: unknown, address: TcpAddress): HighballError {
  const host = bracketed(address.host);
  switch (systemCode(error)) {
    case "EACCES":
    case "EPERM":
      return new HighballError(
        "ADDRESS_PERMISSION",
        `This user may not listen on port ${address.port} of ${host}: ports below 1024 are kept for the system.`,
        {
          hint: `Use a higher port: --bind ${formatAddress({ ...address, port: 8000 })}, or allow Node the low ones: sudo setcap cap_net_bind_service=+ep "${process.execPath}"`,
          cause: error,
        },
      );
    case "EADDRNOTAVAIL":
    case "EAFNOSUPPORT":
      return new HighballError("ADDRESS_NOT_AVAILABLE", `This machine has no address "${address.host}".`, {
        hint: `It has ${ownAddresses().join(", ")}; every one of them: --bind :${address.port}`,
        cause: error,
      });
    case "EINVAL": {
      if (!/^fe[89ab]/i.test(address.host)) {
        return listenFailed(formatAddress(address), error);
      }
      // RFC 4007 §6: a link-local address means nothing without its link.
      const zones = Object.keys(networkInterfaces()).join(", ");
      return new HighballError(
        "ADDRESS_NOT_AVAILABLE",
        `The link-local address "${address.host}" needs the name of a network interface.`,
        {
          hint: `--bind [${address.host.replace(/%.*$/, "")}%INTERFACE]:${address.port}, where INTERFACE is one of ${zones}`,
          cause: error,
        },
      );
    }
    default:
      return listenFailed(formatAddress(address), error);
  }
}

export function listenFailed(address: string, error: unknown): HighballError {
  const reason = error instanceof Error ? error.message : String(error);
  return new HighballError("LISTEN_FAILED", `Cannot listen on "${address}": ${reason}.`, { cause: error });
}

function ownAddresses(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses
    .map(({ address, scopeid }) => (scopeid ? null : address))
    .filter((address) => address !== null);
}

function sentence(choices: readonly string[]): string {
  const text = choices.join(", or ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
