import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nonceFor } from "../../src/http/refresh/content-security-policy.ts";

const SEED = 20261120;
const wish = {
  origin: "http://localhost:8000",
  script: "/__highball__/refresh.js",
  events: "/__highball__/events",
};

/** `out`, `in`, or the nonce that lets the script in. */
function decide(...fields: readonly string[]): string {
  const nonce = nonceFor(fields, wish);
  return nonce === null ? "out" : nonce === "" ? "in" : nonce;
}

function at(origin: string, policy: string): string | null {
  return nonceFor([policy], { ...wish, origin });
}

describe("Content-Security-Policy and the script", () => {
  it.each([
    ["in", "no policy at all", []],
    ["in", "an empty one", [""]],
    ["in", "one about other things", ["img-src 'none'; object-src 'none'; frame-ancestors 'none'"]],
    ["in", "its own origin, as Flask-Talisman and Django say it", ["default-src 'self'"]],
    ["out", "nothing", ["default-src 'none'"]],
    ["out", "an empty list is nothing", ["default-src"]],
    ["in", "everything", ["default-src *"]],
    ["in", "a scheme", ["default-src http:"]],
    ["out", "another scheme", ["default-src https: data: blob:"]],
    ["in", "the own origin", ["default-src http://localhost:8000"]],
    ["in", "the own host and port", ["default-src localhost:8000"]],
    ["in", "any port", ["default-src localhost:*"]],
    ["in", "any host on the port", ["default-src *:8000"]],
    ["out", "no port is port 80", ["default-src localhost"]],
    ["out", "another port", ["default-src http://localhost:3000"]],
    ["out", "another host", ["default-src https://cdn.example.org example.org:8000"]],
    ["out", "a subdomain of it", ["default-src *.localhost:8000"]],
    ["in", "the own paths", ["default-src localhost:8000/__highball__/"]],
    ["in", "the root", ["default-src localhost:8000/"]],
    ["out", "another path", ["default-src localhost:8000/static/"]],
    ["in", "names and keywords have no case", ["Default-SRC 'SELF'"]],

    ["in", "scripts and connections, each by its own directive", ["script-src 'self'; connect-src 'self'"]],
    ["in", "connections without a rule", ["script-src 'self'"]],
    ["out", "connections to elsewhere", ["script-src 'self'; connect-src https://api.example.org"]],
    ["out", "connections by default-src", ["default-src 'none'; script-src 'self'"]],
    ["in", "script-src before default-src", ["default-src 'none'; script-src 'self'; connect-src 'self'"]],
    ["out", "script-src-elem before script-src", ["script-src 'self'; script-src-elem 'none'"]],
    ["in", "script-src-elem before script-src, the other way", ["script-src 'none'; script-src-elem 'self'"]],
    ["in", "script-src-attr is about other scripts", ["script-src 'self'; script-src-attr 'none'"]],
    ["out", "'unsafe-inline' lets no address in", ["script-src 'unsafe-inline' 'unsafe-eval'"]],
    ["out", "a hash is for another script", ["script-src 'sha256-AAAA'"]],
    ["in", "of a directive that is there twice the first", ["script-src 'self'; script-src 'none'"]],

    ["r4nd0m", "a nonce", ["script-src 'nonce-r4nd0m'"]],
    ["a+/-_b==", "every character of a nonce", ["script-src 'nonce-a+/-_b=='"]],
    ["in", "a nonce that is not needed", ["script-src 'self' 'nonce-abc'"]],
    ["abc", "'strict-dynamic' takes addresses away", ["script-src 'self' 'strict-dynamic' 'nonce-abc'"]],
    ["out", "'strict-dynamic' without a nonce", ["script-src 'self' https: 'strict-dynamic' 'sha256-AAAA'"]],
    ["out", "a nonce, and no connection", ["default-src 'none'; script-src 'nonce-abc'"]],
    ["abc", "a nonce and a connection", ["default-src 'none'; script-src 'nonce-abc'; connect-src 'self'"]],
    ["out", "a nonce that would need escaping", [`script-src 'nonce-"><b'`]],
    ["out", "an empty nonce", ["script-src 'nonce-'"]],

    ["out", "one of two headers says no", ["script-src 'self'", "script-src 'none'"]],
    ["out", "one of a list says no", ["script-src 'self', script-src 'none'"]],
    ["in", "both say yes", ["script-src 'self', script-src *"]],
    ["abc", "one by nonce, one by address", ["script-src 'nonce-abc'", "script-src 'self'"]],
    ["two", "the nonce that both have", ["script-src 'nonce-one' 'nonce-two', script-src 'nonce-two'"]],
    ["out", "two nonces, and one attribute", ["script-src 'nonce-one', script-src 'nonce-two'"]],
    ["in", "a comma at the end", ["script-src 'self',"]],

    ["out", "a sandbox", ["sandbox"]],
    ["out", "a sandbox that takes the origin away", ["sandbox allow-scripts allow-forms"]],
    ["in", "a sandbox that lets both", ["sandbox allow-scripts allow-same-origin"]],
  ])("%s: %s", (decision, _what, fields) => {
    expect(decide(...fields)).toBe(decision);
  });

  it("knows the default ports, and that http covers https", () => {
    expect(at("http://localhost", "default-src localhost")).toBe("");
    expect(at("http://localhost", "default-src localhost:80")).toBe("");
    expect(at("https://app.localhost", "default-src http://*.localhost:443")).toBe("");
    expect(at("https://app.localhost", "default-src http:")).toBe("");
    expect(at("http://app.localhost:8000", "default-src https://app.localhost:8000")).toBe(null);
    expect(at("http://[::1]:8000", "default-src 'self'")).toBe("");
  });

  it("never gives a nonce that is not in the policy, and is not slower for a strange one", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { maxLength: 4 }), (fields) => {
        const nonce = nonceFor(fields, wish);
        const source = nonce === null || nonce === "" ? "" : `'nonce-${nonce}'`;
        expect(fields.join(",")).toContain(source);
      }),
      { seed: SEED },
    );
    const before = performance.now();
    decide(`script-src ${"a.".repeat(50_000)}: ${"'nonce-a' ".repeat(10_000)}`);
    expect(performance.now() - before).toBeLessThan(2000);
  });
});
