import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { HighballError } from "../../src/errors.ts";
import { formatAddress, parseAddress, type Address } from "../../src/settings/address.ts";

const read: readonly (readonly [string, Address])[] = [
  ["127.0.0.1:8000", { kind: "tcp", host: "127.0.0.1", port: 8000 }],
  ["0.0.0.0:5000", { kind: "tcp", host: "0.0.0.0", port: 5000 }],
  ["localhost:0", { kind: "tcp", host: "localhost", port: 0 }],
  ["my_host-1.example.com:80", { kind: "tcp", host: "my_host-1.example.com", port: 80 }],
  ["tcp://10.0.0.1:81", { kind: "tcp", host: "10.0.0.1", port: 81 }],
  [":5000", { kind: "tcp", host: "::", port: 5000 }],
  ["5000", { kind: "tcp", host: "localhost", port: 5000 }],
  ["0.0.0.0", { kind: "tcp", host: "0.0.0.0", port: 8000 }],
  ["[::1]", { kind: "tcp", host: "::1", port: 8000 }],
  ["[::1]:8000", { kind: "tcp", host: "::1", port: 8000 }],
  ["[::ffff:127.0.0.1]:1", { kind: "tcp", host: "::ffff:127.0.0.1", port: 1 }],
  ["[fe80::1%eth0]:8000", { kind: "tcp", host: "fe80::1%eth0", port: 8000 }],
  ["unix:/run/app.sock", { kind: "unix", path: "/run/app.sock" }],
  ["unix:///run/app.sock", { kind: "unix", path: "/run/app.sock" }],
  ["unix:app.sock", { kind: "unix", path: "app.sock" }],
  ["unix://app.sock", { kind: "unix", path: "app.sock" }],
  ["fd://3", { kind: "fd", fd: 3 }],
];

const refused: readonly (readonly [text: string, reason: string, example: string])[] = [
  ["", "it is empty", "127.0.0.1:8000"],
  ["127.0.0.1:99999", '"99999" is not a port', "127.0.0.1:8000"],
  ["127.0.0.1:+80", '"+80" is not a port', "127.0.0.1:8000"],
  ["99999", '"99999" is not a port', "localhost:8000"],
  ["localhost:", '"" is not a port', "localhost:8000"],
  ["[::1]:http", '"http" is not a port', "[::1]:8000"],
  ["300.1.1.1:80", '"300.1.1.1" is neither a host name nor an IP address', "127.0.0.1:8000"],
  ["my host:80", '"my host" is neither', "127.0.0.1:8000"],
  ["[::g]:80", '"::g" is not an IPv6 address', "[::1]:8000"],
  ["::1", "an IPv6 address needs brackets", "[::1]:8000"],
  ["::1:8080", "an IPv6 address needs brackets", "[::1]:8080"],
  ["a:b:c", "an IPv6 address needs brackets", "[::1]:8000"],
  ["*:8080", "every interface is written", ":8080"],
  ["http://127.0.0.1:8080/", "it is a URL", "127.0.0.1:8080"],
  ["/run/app.sock", "a path needs unix: before it", "unix:/run/app.sock"],
  ["unix:", "the path of a socket", "unix:/run/app.sock"],
  ["unix:a\0b", "the path of a socket", "unix:/run/app.sock"],
  ["fd://x", "the number of an open descriptor", "fd://3"],
];

describe("an address to listen on", () => {
  it.each(read)("%s is read", (text, address) => {
    expect(parseAddress(text)).toEqual(address);
  });

  it.each(refused)("%j is refused, with the reason and an example that works", (text, reason, example) => {
    const error = refusal(text);
    expect(error.code).toBe("BIND_INVALID");
    expect(error.message).toContain(`"${text}"`);
    expect(error.message).toContain(reason);
    expect(error.hint).toBe(`--bind ${example}`);
    expect(() => parseAddress(example)).not.toThrow();
  });

  it("is read again from what was written of it", () => {
    const host = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.constantFrom("localhost", "::", "0.0.0.0", "fe80::1%eth0", "app_1.internal"),
      fc.domain(),
    );
    const address: fc.Arbitrary<Address> = fc.oneof(
      fc.record({ kind: fc.constant("tcp" as const), host, port: fc.nat(65_535) }),
      fc.record({
        kind: fc.constant("unix" as const),
        path: fc
          .oneof(fc.string({ unit: "binary" }), fc.constantFrom("/a", "//a", "///a", "./a"))
          .filter((path) => path !== "" && !path.includes("\0")),
      }),
      fc.record({ kind: fc.constant("fd" as const), fd: fc.nat(999_999) }),
    );
    fc.assert(
      fc.property(address, (value) => {
        expect(parseAddress(formatAddress(value))).toEqual(value);
      }),
      { seed: 20_261_120, numRuns: 2_000 },
    );
  });

  it("is an address or a HighballError, whatever was typed", () => {
    const text = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[[\]:.0-9a-f%*/]{0,20}$/),
      fc.string().map((rest) => `unix:${rest}`),
      fc.string().map((rest) => `fd://${rest}`),
    );
    fc.assert(
      fc.property(text, (typed) => {
        const address = addressOrRefusal(typed);
        expect(address === null || parseAddress(formatAddress(address))).toEqual(address ?? true);
      }),
      { seed: 20_261_120, numRuns: 3_000 },
    );
  });
});

function addressOrRefusal(text: string): Address | null {
  try {
    return parseAddress(text);
  } catch (error) {
    if (error instanceof HighballError) {
      return null;
    }
    throw error;
  }
}

function refusal(text: string): HighballError {
  try {
    parseAddress(text);
  } catch (error) {
    if (error instanceof HighballError) {
      return error;
    }
    throw error;
  }
  throw new Error(`"${text}" was accepted`);
}
