import { describe, expect, it } from "vitest";
import { describeOrigin } from "../../src/settings/origin.ts";
import { inputNames, variableOf } from "../../src/settings/table.ts";
import { makeFolder } from "../support/folder.ts";
import { failureOf, inputsOf } from "../support/resolve.ts";

describe("HIGHBALL_ variables", () => {
  it("exist for every setting", async () => {
    const environment = {
      HIGHBALL_APP: "site:app",
      HIGHBALL_PYTHONPATH: "a,b",
      HIGHBALL_LIMIT_REQUEST_BODY: "2M",
      HIGHBALL_MERGE_SLASHES: "1",
      HIGHBALL_ENV: "A=1\nB=two words",
      HIGHBALL_ACCESS_LOGFILE: "-",
    };
    const directory = makeFolder();
    const { values } = await inputsOf([], { environment, directory });
    expect(values).toMatchObject({
      application: "site:app",
      pythonpath: [`${directory}/a`, `${directory}/b`],
      limitRequestBody: 2 * 1024 ** 2,
      mergeSlashes: true,
      env: { A: "1", B: "two words" },
      accessLogfile: "-",
    });
    expect(new Set(inputNames.map(variableOf)).size).toBe(inputNames.length);
  });

  it.each([
    ["HIGHBALL_WORKRES", "Did you mean HIGHBALL_WORKERS?"],
    ["HIGHBALL_KEEPALIVE", "Did you mean HIGHBALL_KEEP_ALIVE?"],
    ["HIGHBALL_ZEBRA", "See every setting: highball config"],
  ])("that name no setting are an error: %s", async (variable, hint) => {
    const error = await failureOf(() =>
      inputsOf([], { environment: { [variable]: "1" }, directory: makeFolder() }),
    );
    expect(error).toMatchObject({
      code: "UNKNOWN_VARIABLE",
      exitCode: 2,
      message: `The variable ${variable} names no setting.`,
      hint,
    });
  });

  it("are not the debugger's PIN, which nothing shows", async () => {
    const environment = { HIGHBALL_DEBUG_PIN: "314-159-265" };
    const resolution = await inputsOf([], { environment, directory: makeFolder() });
    expect(JSON.stringify(resolution)).not.toContain("314");
  });

  it("are not what Kubernetes sets for a service called highball", async () => {
    const environment = {
      HIGHBALL_SERVICE_HOST: "10.0.0.11",
      HIGHBALL_SERVICE_PORT: "80",
      HIGHBALL_SERVICE_PORT_HTTP: "80",
      HIGHBALL_PORT: "tcp://10.0.0.11:80",
      HIGHBALL_PORT_80_TCP: "tcp://10.0.0.11:80",
      HIGHBALL_PORT_80_TCP_PROTO: "tcp",
      HIGHBALL_PORT_80_TCP_ADDR: "10.0.0.11",
    };
    const { values } = await inputsOf([], { environment, directory: makeFolder() });
    expect(values.bind).toEqual(["127.0.0.1:8000"]);
  });
});

describe("an --env-file", () => {
  it("adds to the application's environment what the process has not", async () => {
    const directory = makeFolder({ ".env": 'A=file\nB="two words"\nexport C=3 # comment\n' });
    const environment = { A: "process" };
    const { values } = await inputsOf(["--env-file", ".env", "-e", "C=flag"], { environment, directory });
    expect(values.env).toEqual({ B: "two words", C: "flag" });
  });

  it("sets what Highball reads from the environment", async () => {
    const directory = makeFolder({ ".env": "FLASK_APP=site\nPORT=5000\nHIGHBALL_THREADS=2\n" });
    const environment = { PORT: "6000" };
    const resolution = await inputsOf(["--env-file", ".env"], { environment, directory });
    expect(resolution.values).toMatchObject({ application: "site", threads: 2, bind: ["0.0.0.0:6000"] });
    expect(describeOrigin(resolution.origins.threads)).toBe("HIGHBALL_THREADS in .env");
    expect(describeOrigin(resolution.origins.application)).toBe("FLASK_APP in .env");
  });

  it("may be named by a settings file, and several go in order", async () => {
    const directory = makeFolder({
      "highball.toml": 'env-file = [".env", ".env.local"]',
      ".env": "A=1\nB=1\n",
      ".env.local": "B=2\n",
    });
    expect((await inputsOf([], { directory })).values.env).toEqual({ A: "1", B: "2" });
  });

  it("must be there", async () => {
    const error = await failureOf(() => inputsOf(["--env-file", ".env"], { directory: makeFolder() }));
    expect(error).toMatchObject({ code: "ENV_FILE_UNREADABLE", exitCode: 2 });
    expect(error.message).toContain('/.env": there is no such file.');
  });

  it.each(["HIGHBALL_CONFIG", "HIGHBALL_ENV_FILE"])("cannot name the next file with %s", async (variable) => {
    const directory = makeFolder({ ".env": `${variable}=x\n` });
    const error = await failureOf(() => inputsOf(["--env-file", ".env"], { directory }));
    expect(error).toMatchObject({ code: "UNKNOWN_VARIABLE", exitCode: 2 });
    expect(error.message).toBe(`The variable ${variable} cannot stand in "${directory}/.env".`);
  });

  it("has its unknown variables told, with its name", async () => {
    const directory = makeFolder({ ".env": "HIGHBALL_TREADS=2\n" });
    const error = await failureOf(() => inputsOf(["--env-file", ".env"], { directory }));
    expect(error.message).toBe(`The variable HIGHBALL_TREADS, in "${directory}/.env", names no setting.`);
    expect(error.hint).toBe("Did you mean HIGHBALL_THREADS?");
  });
});
