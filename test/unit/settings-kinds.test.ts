import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type InputName, keyOf, rowOf, variableOf } from "../../src/settings/table.ts";
import { makeFolder } from "../support/folder.ts";
import { failureOf, inputsOf } from "../support/resolve.ts";

const accepted: [name: InputName, raw: unknown, value: unknown][] = [
  ["workers", "auto", "auto"],
  ["workers", "4", 4],
  ["workers", 4, 4],
  ["threads", "64", 64],
  ["keepAlive", "2.5", 2.5],
  ["keepAlive", 0, 0],
  ["limitRequestBody", "1G", 1024 ** 3],
  ["limitRequestBody", "10m", 10 * 1024 ** 2],
  ["limitRequestBody", "512KiB", 512 * 1024],
  ["limitRequestBody", "0", 0],
  ["limitRequestLine", 4094, 4094],
  ["debug", "yes", true],
  ["debug", "OFF", false],
  ["debug", true, true],
  ["logLevel", "WARNING", "warning"],
  ["socketMode", "660", 0o660],
  ["socketMode", "0o600", 0o600],
  ["socketMode", 0o640, 0o640],
  ["accessLogfile", "none", null],
  ["accessLogfile", false, null],
  ["accessLogfile", "-", "-"],
  ["pid", "run/app.pid", "/base/run/app.pid"],
  ["python", "python3.12", "python3.12"],
  ["python", "bin/python", "/base/bin/python"],
  ["pythonpath", "a,/b", ["/base/a", "/b"]],
  ["pythonpath", ["a"], ["/base/a"]],
  ["forwardedAllowIps", "*", ["*"]],
  ["forwardedAllowIps", "10.0.0.0/8, ::1", ["10.0.0.0/8", "::1"]],
  ["forwardedAllowIps", "none", []],
  ["bind", "0.0.0.0:5000", ["0.0.0.0:5000"]],
  ["bind", "unix://run/app.sock", ["unix:/base/run/app.sock"]],
  ["bind", "fd://3", ["fd://3"]],
  ["port", "0", 0],
  ["port", 8080, 8080],
  ["host", "[::1]", "::1"],
  ["env", { A: "x", PORT: 1 }, { A: "x", PORT: "1" }],
  ["editor", "vscode,/app=/home/me/shop", "vscode,/app=/home/me/shop"],
  ["trustedHost", "Dev.Example.com, .internal", ["dev.example.com", ".internal"]],
  ["trustedHost", "[fd00::1],192.168.1.5", ["fd00::1", "192.168.1.5"]],
];

describe("a value", () => {
  it.each(accepted)("%s = %j is read as %j", (name, raw, value) => {
    expect(rowOf(name).kind.parse(raw, "/base")).toEqual(value);
  });
});

const refused: [name: InputName, raw: string, reason: string, example: string][] = [
  ["workers", "four", '"four" is neither a whole number nor auto', "4"],
  ["workers", "0", "0 is too small; the least is 1", "4"],
  ["trustedHost", "0.0.0.0", '"0.0.0.0" is no name of one machine: it stands for all', "dev.example.com"],
  ["trustedHost", "[::]", '"[::]" is no name of one machine: it stands for all', "dev.example.com"],
  [
    "trustedHost",
    "a.example:8000",
    '"a.example:8000" is more than a host; the port does not count',
    "dev.example.com",
  ],
  ["editor", "javascript:alert(1)//{file}", 'links of "javascript:" open no editor', "vscode"],
  ["editor", "vscod", '"vscod" is no editor that is known; did you mean vscode', "vscode"],
  ["trustedHost", "*", '"*" is neither a host name nor an IP address', "dev.example.com"],
  ["threads", "-1", '"-1" is not a whole number', "8"],
  ["threads", "1.5", '"1.5" is not a whole number', "8"],
  ["backlog", "100000", "100000 is too large; the most is 65535", "2048"],
  ["keepAlive", "1m", '"1m" is not a number of seconds', "75"],
  ["headerTimeout", "0", "0 is too small; the least is 0.1", "15"],
  ["limitRequestBody", "1T", '"1T" is not a size', "1G"],
  ["bodyMemory", "2G", "2G is too large; the most is 1G", "1M"],
  [
    "logLevel",
    "inf",
    '"inf" is not one of debug, info, warning, error, critical; did you mean info?',
    "debug",
  ],
  ["socketMode", "999", '"999" is not a mode from 0o000 to 0o777', "0o660"],
  ["bind", "localhost:http", 'is not an address to listen on: "http" is not a port', "localhost:8000"],
  ["bind", "/run/app.sock", "a path needs unix: before it", "unix:/run/app.sock"],
  ["bind", "127.0.0.1:1,127.0.0.1:1", '"127.0.0.1:1" is there twice', "127.0.0.1:8000"],
  ["host", "unix:/run/app.sock", "is more than a host; --bind takes whole addresses", "0.0.0.0"],
  ["host", "0.0.0.0:80", "is more than a host", "0.0.0.0"],
  ["host", "a b", '"a b" is neither a host name nor an IP address', "0.0.0.0"],
  ["port", "http", '"http" is not a port, a number from 0 to 65535', "8000"],
  ["port", "65536", '"65536" is not a port', "8000"],
  ["forwardedAllowIps", "10.0.0.0/33", '"10.0.0.0/33" is not an IP address, a network', "10.0.0.0/8"],
  ["env", "NAME", '"NAME" is not KEY=VALUE', "DATABASE_URL=sqlite:///site.db"],
];

describe("a value that does not fit", () => {
  it.each(refused)("as a flag: %s %s", async (name, raw, reason, example) => {
    const flag = `--${keyOf(name)}`;
    const error = await failureOf(() => inputsOf([`${flag}=${raw}`], { directory: makeFolder() }));
    expect(error).toMatchObject({
      code: "INVALID_VALUE",
      exitCode: 2,
      hint: `For example: ${flag} ${example}`,
    });
    expect(error.message.startsWith(`${flag}: `)).toBe(true);
    expect(error.message).toContain(reason);
  });

  it.each(refused)("as a variable: %s %s", async (name, raw, reason, example) => {
    const variable = variableOf(name);
    const environment = { [variable]: raw };
    const error = await failureOf(() => inputsOf([], { environment, directory: makeFolder() }));
    expect(error).toMatchObject({ code: "INVALID_VALUE", hint: `For example: ${variable}=${example}` });
    expect(error.message.startsWith(`${variable}: `)).toBe(true);
    expect(error.message).toContain(reason);
  });

  it.each(refused)("in a file: %s %s", async (name, raw, reason) => {
    const directory = makeFolder({
      "pyproject.toml": `[tool.highball]\n${keyOf(name)} = ${JSON.stringify(raw)}\n`,
    });
    const error = await failureOf(() => inputsOf([], { directory }));
    expect(error.code).toBe("INVALID_VALUE");
    expect(error.message.startsWith(`tool.highball.${keyOf(name)} in ${directory}/pyproject.toml: `)).toBe(
      true,
    );
    expect(error.message).toContain(reason);
    expect(error.hint).toMatch(new RegExp(`^For example: ${keyOf(name)} = `));
  });

  it.each([
    ["debug = 1", "1 is neither true nor false", "debug = true"],
    ["app = 3", "3 is not text", 'app = "myproject:app"'],
    ["workers = 1.5", "1.5 is not a whole number", "workers = 4"],
    [
      "env = { A = true }",
      "the value of A, true, is not text",
      'env = { "DATABASE_URL" = "sqlite:///site.db" }',
    ],
    ["env = [1]", "[1] is not a table of names and values", 'env = { "DATABASE_URL"'],
    ["socket-mode = 660", "660 is not a mode", 'socket-mode = "0o660"'],
    ["bind = []", "the list is empty", 'bind = "127.0.0.1:8000"'],
    ['pid = ""', "the value is empty", 'pid = "highball.pid"'],
    ["keep-alive = 2020-01-01", "is not a number of seconds", "keep-alive = 75"],
  ])("by its type in a file: %s", async (line, reason, hint) => {
    const error = await failureOf(() => inputsOf([], { directory: makeFolder({ "highball.toml": line }) }));
    expect(error.code).toBe("INVALID_VALUE");
    expect(error.message).toContain(reason);
    expect(error.hint).toContain(hint);
  });

  it.each(["PORT", "WEB_CONCURRENCY", "FORWARDED_ALLOW_IPS"])(
    "names the common variable %s",
    async (name) => {
      const error = await failureOf(() =>
        inputsOf([], { environment: { [name]: "x/y" }, directory: makeFolder() }),
      );
      expect(error.message).toMatch(new RegExp(`^${name}: "x/y" is n`));
      expect(error.hint).toMatch(new RegExp(`^For example: ${name}=`));
    },
  );
});

describe("sizes", () => {
  it("are shown so that they read back the same", () => {
    const { kind } = rowOf("limitRequestBody");
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 48 }), (bytes) => {
        const shown = kind.show(bytes).replaceAll('"', "");
        expect(kind.parse(shown, "/")).toBe(bytes);
      }),
      { seed: 2, numRuns: 500 },
    );
  });
});

describe("any text at all", () => {
  it("is read, or refused with a reason: nothing else is thrown", () => {
    const names: InputName[] = [
      "workers",
      "keepAlive",
      "limitRequestBody",
      "debug",
      "bind",
      "host",
      "port",
      "env",
    ];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.string({ unit: "binary" }), (name, raw) => {
        expect(["read", "Misfit"]).toContain(outcomeOf(() => rowOf(name).kind.parse(raw, "/")));
      }),
      { seed: 2, numRuns: 2000 },
    );
  });
});

function outcomeOf(action: () => unknown): string {
  try {
    action();
    return "read";
  } catch (error) {
    return error instanceof Error ? error.name : "not an error";
  }
}
