import { describe, expect, test } from "vitest";
import { EndedRequests } from "../../src/worker/ended-requests.ts";

describe("requests of a worker that have ended", () => {
  test("are known by their records, the last 64 of them", () => {
    const ended = new EndedRequests();
    for (let id = 1; id <= 65; id += 1) ended.add(id, 1000 + id);
    expect(ended.recordOf(65)).toBe(1065);
    expect(ended.recordOf(2)).toBe(1002);
    expect(ended.recordOf(1)).toBe(0);
  });

  test("have none where nobody has told of them", () => {
    expect(new EndedRequests().recordOf(7)).toBe(0);
  });
});
