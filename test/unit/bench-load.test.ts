import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

interface LoadReport {
  readonly fast: { readonly count: number; readonly p50: number; readonly max: number };
  readonly slow: { readonly count: number; readonly p50: number };
  readonly problems: readonly string[];
}

const openLoop = fileURLToPath(new URL("../../bench/load/open-loop.mjs", import.meta.url));

/** 200 requests in one second to a server that answers as the listener does. */
async function load(listener: RequestListener, options: object = {}): Promise<LoadReport> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const generator = fork(openLoop, { serialization: "advanced" });
  onTestFinished(() => void generator.kill("SIGKILL"));
  const settings = { port, rate: 200, seconds: 1, warmUp: 0, path: "/", connections: 4, ...options };
  generator.send({ options: settings });
  const [message]: { report: LoadReport }[] = await once(generator, "message");
  if (message === undefined) throw new Error("the load generator said nothing");
  return message.report;
}

test("latency counts from the moment a request was meant to be sent, so a stall is felt by all that it met", async () => {
  let count = 0;
  const report = await load((_request, response) => {
    count += 1;
    // The server's only thread does nothing else for 700 ms of the second.
    if (count === 20) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 700);
    response.end("ok");
  });
  expect(report.problems).toEqual([]);
  expect(report.fast.count).toBe(200);
  expect(report.fast.max).toBeGreaterThan(650);
  // 140 of the 200 were due during the stall and waited 350 ms on average; a closed loop of
  // 4 connections would have seen 4 slow answers and a median below a millisecond.
  expect(report.fast.p50).toBeGreaterThan(100);
});

test("sleepers are told apart from the rest", async () => {
  const report = await load(
    (request, response) => {
      if (request.url === "/slow") setTimeout(() => response.end("late"), 100);
      else response.end("ok");
    },
    { slowPath: "/slow", slowShare: 0.2 },
  );
  expect(report.problems).toEqual([]);
  expect(report.fast.count + report.slow.count).toBe(200);
  expect(report.slow.count).toBeGreaterThan(20);
  expect(report.slow.count).toBeLessThan(60);
  expect(report.slow.p50).toBeGreaterThan(95);
});

test("a status other than 200 and a connection that is cut are problems, with their number", async () => {
  let count = 0;
  const report = await load((request, response) => {
    count += 1;
    if (count === 10) request.socket.destroy();
    else response.writeHead(count === 20 ? 503 : 200).end("ok");
  });
  expect(report.fast.count).toBe(198);
  expect(report.problems.toSorted()).toEqual(["1 × status 503", "1 × the server closed the connection"]);
});

test("answers in chunks of any kind are understood", async () => {
  const report = await load((_request, response) => {
    response.write("a");
    response.write("bc".repeat(5000));
    response.end("d");
  });
  expect(report.problems).toEqual([]);
  expect(report.fast.count).toBe(200);
});
