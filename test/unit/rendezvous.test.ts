import { statSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { encodeFrame, HELLO, PROTOCOL_VERSION } from "../../src/worker/protocol.ts";
import { Rendezvous, type Ticket } from "../../src/worker/rendezvous.ts";

const open: Rendezvous[] = [];

async function rendezvousOver(transport: "unix" | "tcp"): Promise<Rendezvous> {
  const rendezvous = await Rendezvous.open(transport);
  open.push(rendezvous);
  return rendezvous;
}

afterEach(() => {
  for (const rendezvous of open.splice(0)) rendezvous.close();
});

function dial(invitation: Ticket): Socket {
  return invitation.path === undefined
    ? connect(invitation.port ?? 0, "127.0.0.1")
    : connect(invitation.path);
}

function hello(fields: Readonly<Record<string, unknown>>): Buffer {
  return encodeFrame(HELLO, 0, 0, Buffer.from(JSON.stringify(fields)));
}

describe.each(["unix", "tcp"] as const)("the address for workers, over %s", (transport) => {
  it("welcomes who brings its token, and says what it is for", async () => {
    const rendezvous = await rendezvousOver(transport);
    const welcomed = new Promise<unknown>((resolve) => {
      const invitation = rendezvous.invite((purpose, socket, pid) => {
        resolve({ purpose, pid });
        socket.destroy();
      });
      const { token } = invitation;
      dial(invitation).write(hello({ version: PROTOCOL_VERSION, token, connection: "data", pid: 7 }));
    });
    await expect(welcomed).resolves.toEqual({ purpose: "data", pid: 7 });
  });

  it("keeps what a quick worker says right after its hello", async () => {
    const rendezvous = await rendezvousOver(transport);
    const more = Buffer.from("more");
    const heard = new Promise<string>((resolve) => {
      const invitation = rendezvous.invite((_purpose, socket) => {
        socket.on("data", (chunk: Buffer) => {
          resolve(chunk.toString());
          socket.destroy();
        });
      });
      const { token } = invitation;
      const greeting = hello({ version: PROTOCOL_VERSION, token, connection: "control", pid: 7 });
      dial(invitation).write(Buffer.concat([greeting, more]));
    });
    await expect(heard).resolves.toBe("more");
  });

  it.each([
    ["another token", { version: PROTOCOL_VERSION, token: "0".repeat(64), connection: "data", pid: 1 }],
    ["no token", { version: PROTOCOL_VERSION, token: "", connection: "data", pid: 1 }],
    ["another version", { version: 99, connection: "data", pid: 1 }],
    ["another purpose", { version: PROTOCOL_VERSION, connection: "debug", pid: 1 }],
  ])("turns away who brings %s", async (_name, fields) => {
    const rendezvous = await rendezvousOver(transport);
    let welcomed = false;
    const invitation = rendezvous.invite(() => {
      welcomed = true;
    });
    const socket = dial(invitation);
    socket.on("error", () => {});
    socket.write(hello({ token: invitation.token, ...fields }));
    await once(socket, "close");
    expect(welcomed).toBe(false);
  });

  it("turns away who says something else", async () => {
    const rendezvous = await rendezvousOver(transport);
    const socket = dial(rendezvous.invite(() => {}));
    socket.on("error", () => {});
    socket.write("GET / HTTP/1.1\r\nHost: gateway\r\n\r\n");
    await once(socket, "close");
    expect(socket.bytesRead).toBe(0);
  });

  it("knows no token that was taken back", async () => {
    const rendezvous = await rendezvousOver(transport);
    const invitation = rendezvous.invite(() => {});
    const { token } = invitation;
    rendezvous.uninvite(token);
    const socket = dial(invitation);
    socket.on("error", () => {});
    socket.write(hello({ version: PROTOCOL_VERSION, token, connection: "data", pid: 1 }));
    await once(socket, "close");
    expect(socket.bytesRead).toBe(0);
  });
});

describe("the folder of the Unix socket", () => {
  it("is nobody else's", async () => {
    const rendezvous = await rendezvousOver("unix");
    expect(statSync(rendezvous.folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(rendezvous.folder, "gateway.sock")).isSocket()).toBe(true);
  });
});
