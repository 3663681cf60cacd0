import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Origin,
  Peer,
  type Scheme,
  compileTrustedPeers,
  resolveOrigin,
  unmapped,
} from "../../src/http/proxies.ts";

function peer(address: string | undefined, trusted: readonly string[], scheme: Scheme = "http"): Peer {
  return new Peer(
    { address, port: address === undefined ? undefined : 50_000, scheme },
    compileTrustedPeers(trusted),
  );
}

const behindProxy = peer("10.0.0.1", ["10.0.0.0/8"]);

function resolved(...forwarded: string[]): Origin | null {
  return resolveOrigin(behindProxy, forwarded);
}

function addressOf(value: string): unknown {
  return resolved("x-forwarded-for", value);
}

describe("trusted peers", () => {
  it.each([
    ["127.0.0.1", ["127.0.0.1"], true],
    ["127.0.0.2", ["127.0.0.1"], false],
    ["10.255.0.1", ["10.0.0.0/8"], true],
    ["11.0.0.1", ["10.0.0.0/8"], false],
    ["10.1.2.3", ["10.9.9.9/8"], true],
    ["::1", ["127.0.0.1", "::1"], true],
    ["0:0:0:0:0:0:0:1", ["::1"], true],
    ["2001:db8::5", ["2001:db8::/32"], true],
    ["2001:db9::5", ["2001:db8::/32"], false],
    ["::ffff:10.0.0.1", ["10.0.0.0/8"], true],
    ["fe80::1%eth0", ["fe80::/10"], true],
    ["fe80::1", ["fe80::1%eth0"], true],
    ["198.51.100.1", ["*"], true],
    ["198.51.100.1", [], false],
    [undefined, [], true],
  ])("%s among %j: %j", (address, trusted, expected) => {
    expect(peer(address, trusted).trusted).toBe(expected);
  });

  it("have their IPv4 address without the prefix of a dual-stack socket", () => {
    expect(peer("::ffff:192.0.2.1", []).remoteAddress).toBe("192.0.2.1");
    expect(unmapped("::FFFF:192.0.2.1")).toBe("192.0.2.1");
    expect(unmapped("2001:db8::1234:5678")).toBe("2001:db8::1234:5678");
  });
});

describe("X-Forwarded-For", () => {
  it.each([
    ["198.51.100.1", "198.51.100.1", 0],
    ["203.0.113.9, 198.51.100.1", "198.51.100.1", 0],
    ["198.51.100.1, 10.0.0.2", "198.51.100.1", 0],
    ["203.0.113.9, 198.51.100.1 ,10.0.0.3,10.0.0.2", "198.51.100.1", 0],
    ["10.0.0.4, 10.0.0.3", "10.0.0.4", 0],
    ["198.51.100.1:4711", "198.51.100.1", 4711],
    ["[2001:db8::1]:4711", "2001:db8::1", 4711],
    ["[2001:db8::1]", "2001:db8::1", 0],
    ["2001:db8::1", "2001:db8::1", 0],
    ['"[2001:db8::1]:4711"', "2001:db8::1", 4711],
    ["::ffff:198.51.100.1", "198.51.100.1", 0],
    [" , 198.51.100.1, ,", "198.51.100.1", 0],
  ])("%s comes from %s port %i", (value, remoteAddress, remotePort) => {
    expect(addressOf(value)).toEqual({ remoteAddress, remotePort, scheme: "http" });
  });

  it.each([
    "unknown",
    "_hidden",
    "example.test",
    "198.51.100",
    "198.51.100.1:99999",
    "[198.51.100.1]",
    "2001:db8::1]",
    "a\0b",
    "",
  ])("%j is no address: the peer's stands", (value) => {
    expect(addressOf(value)).toEqual({ remoteAddress: "10.0.0.1", remotePort: 50_000, scheme: "http" });
  });

  it("is not believed beyond an entry that is no address", () => {
    expect(addressOf("198.51.100.1, unknown, 10.0.0.2")).toMatchObject({ remoteAddress: "10.0.0.2" });
  });

  it("is one list when it comes in several lines", () => {
    expect(
      resolved("x-forwarded-for", "203.0.113.9", "x-forwarded-for", "198.51.100.1, 10.0.0.2"),
    ).toMatchObject({
      remoteAddress: "198.51.100.1",
    });
  });

  it("names the client of a Unix socket too", () => {
    const local = peer(undefined, []);
    expect(resolveOrigin(local, ["x-forwarded-for", "203.0.113.9, 198.51.100.1"])).toMatchObject({
      remoteAddress: "198.51.100.1",
    });
    expect(resolveOrigin(local, [])).toEqual({ remoteAddress: "", remotePort: 0, scheme: "http" });
  });

  it("gives the leftmost entry when everyone is trusted", () => {
    expect(
      resolveOrigin(peer("192.0.2.1", ["*"]), ["x-forwarded-for", "203.0.113.9, 198.51.100.1"]),
    ).toMatchObject({
      remoteAddress: "203.0.113.9",
    });
  });
});

describe("the scheme", () => {
  it.each([
    [["x-forwarded-proto", "https"], "https"],
    [["x-forwarded-proto", "HTTPS"], "https"],
    [["x-forwarded-proto", "http"], "http"],
    [["x-forwarded-proto", "javascript"], "http"],
    [["x-forwarded-proto", ""], "http"],
    [["x-forwarded-protocol", "ssl"], "https"],
    [["x-forwarded-protocol", "https"], "https"],
    [["x-forwarded-ssl", "on"], "https"],
    [["x-forwarded-ssl", "off"], "http"],
    [["x-forwarded-ssl", "on", "x-forwarded-proto", "https", "x-forwarded-protocol", "ssl"], "https"],
    [["x-forwarded-host", "https"], "http"],
    [["x-forwarded-proto", "https, http"], "http"],
    [["x-forwarded-proto", "https, http", "x-forwarded-for", "198.51.100.1, 10.0.0.2"], "https"],
    [
      ["x-forwarded-proto", "http, https, http", "x-forwarded-for", "203.0.113.9, 198.51.100.1, 10.0.0.2"],
      "https",
    ],
    [["x-forwarded-proto", "https", "x-forwarded-for", "198.51.100.1, 10.0.0.2"], "https"],
  ])("%j is %s", (forwarded, scheme) => {
    expect(resolved(...forwarded)?.scheme).toBe(scheme);
  });

  it("is the connection's own when nothing is said", () => {
    expect(resolveOrigin(peer("10.0.0.1", ["*"], "https"), [])?.scheme).toBe("https");
    expect(resolveOrigin(peer("10.0.0.1", ["*"], "https"), ["x-forwarded-proto", "http"])?.scheme).toBe(
      "http",
    );
  });

  it.each([
    [["x-forwarded-proto", "https", "x-forwarded-ssl", "off"]],
    [["x-forwarded-proto", "https", "x-forwarded-proto", "http"]],
    [["x-forwarded-protocol", "ssl", "x-forwarded-proto", "http"]],
  ])("%j contradicts itself", (forwarded) => {
    expect(resolved(...forwarded)).toBe(null);
  });
});

describe("any X-Forwarded-For", () => {
  const inside = fc.integer({ min: 1, max: 254 }).map((last) => `10.0.0.${last}`);
  const outside = fc.integer({ min: 1, max: 254 }).map((last) => `198.51.100.${last}`);
  const junk = fc.constantFrom("unknown", "", "10.0.0", "[::1", "999.1.1.1", "-");

  it("cannot make a client of an address that only strangers have written", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(inside, outside, junk)),
        outside,
        fc.array(inside),
        (forged, client, proxies) => {
          const value = [...forged, client, ...proxies].join(", ");
          expect(resolved("x-forwarded-for", value)?.remoteAddress).toBe(client);
        },
      ),
      { seed: 7239, numRuns: 500 },
    );
  });

  it("yields an address, whatever it says", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary-ascii" }),
        fc.string({ unit: "binary-ascii" }),
        (value, proto) => {
          const origin = resolved("x-forwarded-for", value, "x-forwarded-proto", proto);
          expect(origin?.remoteAddress).toMatch(/^[0-9a-f.:]+$/i);
          expect(["http", "https"]).toContain(origin?.scheme);
          expect(origin?.remotePort).toBeLessThan(65_536);
        },
      ),
      { seed: 7239, numRuns: 500 },
    );
  });
});
