/** A process that is gone before the gateway has read what it said. */
import { spawn } from "node:child_process";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Exit, WorkerProcess } from "../../src/worker/process.ts";
import { Rendezvous } from "../../src/worker/rendezvous.ts";
import type { Scheduler } from "../../src/worker/scheduler.ts";
import type { Invitation } from "../../src/worker/seat.ts";
import { Worker } from "../../src/worker/worker.ts";
import { python } from "../support/environment.ts";

let rendezvous: Rendezvous;

beforeEach(async () => {
  rendezvous = await Rendezvous.open();
});

afterEach(() => {
  rendezvous.close();
});

/** Connects, says why it cannot load the application, and ends. */
const SCRIPT = `
import json, os, socket, struct, sys
token, path = sys.argv[1:]
def frame(kind, message):
    payload = json.dumps(message).encode()
    return struct.pack("<IBBHI", len(payload), kind, 0, 0, 0) + payload
control = socket.socket(socket.AF_UNIX)
control.connect(path)
control.sendall(frame(1, {"version": 1, "token": token, "connection": "control", "pid": os.getpid()}))
control.sendall(frame(18, {"code": "APPLICATION_IMPORT_FAILED", "message": "no", "hint": "", "traceback": "", "ofSystem": False}))
`;

class QuickProcess implements WorkerProcess {
  readonly startedAt: number = Date.now();
  readonly seat: null = null;
  readonly pid = 1;
  readonly exited: Promise<Exit>;
  #resolve: (exit: Exit) => void = () => {};

  constructor() {
    this.exited = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  invite({ token, path = "" }: Invitation): void {
    const child = spawn(python, ["-c", SCRIPT, token, path]);
    child.once("exit", (code, signal) => this.#resolve({ code, signal }));
  }

  greeted(): void {}
  kill(): void {}
}

it("is believed what it has said, although its end is heard first", async () => {
  const options = { bootTimeout: 0, rendezvous, listener: null };
  const worker = new Worker(new QuickProcess(), options, {} as Scheduler);
  // As on a machine that is busy: all of it waits to be heard when the gateway gets its turn.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
  await expect(worker.ready).rejects.toMatchObject({ code: "APPLICATION_IMPORT_FAILED", message: "no" });
});
