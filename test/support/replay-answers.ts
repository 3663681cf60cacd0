import type { ReplayAnswer } from "../../src/debug/replay-answer.ts";
import type { Replayed } from "../../src/debug/sources.ts";

/** What a request that was sent again comes to. */
export function replayed(overrides: Partial<Replayed> = {}): Replayed {
  return { request: 99, status: 200, error: null, duration: 12, answer: replayAnswer(), ...overrides };
}

export function replayAnswer(overrides: Partial<ReplayAnswer> = {}): ReplayAnswer {
  return {
    status: 200,
    reason: "OK",
    headers: [
      ["Content-Type", "application/json"],
      ["Set-Cookie", "session=t0psecret; Path=/"],
    ],
    contentType: "application/json",
    contentCoding: "",
    body: '{"share":2,"token":"t0psecret"}',
    bodyIsCut: false,
    bodySize: 31,
    end: "whole",
    ...overrides,
  };
}
