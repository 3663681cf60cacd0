import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { encodeFrame, HELLO, PROTOCOL_VERSION } from "../../src/worker/protocol.ts";
import { Rendezvous, type Welcome } from "../../src/worker/rendezvous.ts";
import { Seat } from "../../src/worker/seat.ts";

let rendezvous: Rendezvous;
const sockets: Socket[] = [];

beforeEach(async () => {
  rendezvous = await Rendezvous.open();
});

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  rendezvous.close();
});

/** Connects as a worker does. */
function dial(seat: Seat, connection: "control" | "data", pid = 7): Socket {
  const { token, path } = seat.invitation;
  const socket = connect(path ?? "").on("error", () => {});
  sockets.push(socket);
  const said = JSON.stringify({ version: PROTOCOL_VERSION, token, connection, pid });
  socket.write(encodeFrame(HELLO, 0, 0, Buffer.from(said)));
  return socket;
}

/** Resolves when everything that was sent before the call has been read: connections are served in their order. */
async function heard(): Promise<void> {
  const seat = new Seat(rendezvous);
  await new Promise<void>((resolve) => {
    seat.take((_, socket) => {
      socket.destroy();
      resolve();
    });
    dial(seat, "control");
  });
}

describe("a seat", () => {
  it("keeps those that come before there is a host, and tells it of later ones", async () => {
    const seat = new Seat(rendezvous);
    dial(seat, "control");
    await heard();
    const told: string[] = [];
    seat.take((purpose, socket, pid) => {
      told.push(`${purpose} ${pid} ${String(socket.destroyed)}`);
      sockets.push(socket);
    });
    expect(told).toEqual(["control 7 false"]);
    dial(seat, "data", 8);
    await heard();
    expect(told).toEqual(["control 7 false", "data 8 false"]);
  });

  it("says nothing of those that have gone again", async () => {
    const seat = new Seat(rendezvous);
    const guest = dial(seat, "control");
    await heard();
    guest.destroy();
    await heard();
    await heard();
    const host = vi.fn<Welcome>();
    seat.take(host);
    expect(host).not.toHaveBeenCalled();
  });

  it("that is abandoned sends away who has come, and lets nobody in", async () => {
    const seat = new Seat(rendezvous);
    const early = dial(seat, "control");
    await heard();
    const ended = once(early, "close");
    expect(statSync(seat.invitation.ledger).mode & 0o777).toBe(0o600);
    seat.abandon();
    await ended;
    expect(existsSync(seat.invitation.ledger)).toBe(false);
    const refused = once(dial(seat, "data"), "close");
    await refused;
  });

  it("has a page that is read once", () => {
    const seat = new Seat(rendezvous);
    const empty = { lastStarted: 0, responses: Buffer.alloc(0), lastStack: "" };
    expect(seat.readLedger()).toEqual(empty);
    expect(existsSync(seat.invitation.ledger)).toBe(false);
    expect(seat.readLedger()).toEqual(empty);
  });

  it("has a file for the last stack, which is read once, and no more of it than can be a stack", () => {
    const seat = new Seat(rendezvous);
    const crash = `${seat.invitation.ledger}.crash`;
    writeFileSync(crash, `Fatal Python error: Aborted\n${"x".repeat(200_000)}`);
    const { lastStack } = seat.readLedger();
    expect(lastStack).toMatch(/^Fatal Python error: Aborted\nx+$/);
    expect(lastStack).toHaveLength(65_536);
    expect(existsSync(crash)).toBe(false);
  });

  it("that is abandoned leaves no file behind", () => {
    const seat = new Seat(rendezvous);
    writeFileSync(`${seat.invitation.ledger}.crash`, "");
    seat.abandon();
    expect(readdirSync(rendezvous.folder).filter((name) => name.startsWith("ledger"))).toEqual([]);
  });
});
