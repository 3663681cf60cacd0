import { describe, expect, it } from "vitest";
import { readCommandLine } from "../../src/settings/flags.ts";
import { failureOf, settingsOf } from "../support/resolve.ts";
import { makeFolder } from "../support/folder.ts";

const read = (...argv: string[]) => readCommandLine(argv, "/here");

describe("a command line", () => {
  it.each([
    [[], undefined, "production", undefined],
    [["app"], undefined, "production", "app"],
    [["dev"], undefined, "development", undefined],
    [["dev", "app"], undefined, "development", "app"],
    [["config"], "config", "production", undefined],
    [["config", "dev", "app"], "config", "development", "app"],
    [["-w", "4", "dev", "app"], undefined, "development", "app"],
    [["help"], "help", "production", undefined],
    [["help", "config"], "help", "production", undefined],
    // Behind a double dash, and with a path or an attribute, a word is an application.
    [["--", "dev"], undefined, "production", "dev"],
    [["dev", "--", "config"], undefined, "development", "config"],
    [["./dev"], undefined, "production", "./dev"],
    [["dev:app"], undefined, "production", "dev:app"],
  ])("of %j", (argv, subcommand, mode, application) => {
    const line = read(...argv);
    expect(line.subcommand).toBe(subcommand);
    expect(line.mode).toBe(mode);
    expect(line.layer.get("application")?.raws[0]).toBe(application);
  });

  it.each([
    [["-w", "4"], ["4"]],
    [["-w4"], ["4"]],
    [["--workers", "4"], ["4"]],
    [["--workers=4"], ["4"]],
    [
      ["-w", "4", "--workers=5"],
      ["4", "5"],
    ],
  ])("gives workers with %j", (argv, raws) => {
    expect(read(...argv).layer.get("workers")?.raws).toEqual(raws);
  });

  it("takes a lone dash as a value", () => {
    const { layer } = read("--access-logfile", "-", "--error-logfile=-");
    expect(layer.get("accessLogfile")?.raws).toEqual(["-"]);
    expect(layer.get("errorLogfile")?.raws).toEqual(["-"]);
  });

  it("takes gunicorn's lines from Flask's manual", async () => {
    const line = ["-w", "4", "-b", "0.0.0.0:5000"];
    const situation = { directory: makeFolder() };
    const plain = (await settingsOf([...line, "your_project:app"], situation)).settings;
    expect(plain).toMatchObject({ workers: 4, bind: ["0.0.0.0:5000"], application: "your_project:app" });
    const factory = (await settingsOf([...line, "myproject:create_app()"], situation)).settings;
    expect(factory.application).toBe("myproject:create_app()");
  });

  it("takes every flag of gunicorn that Highball has too", () => {
    const line =
      "--bind :1 --workers auto --threads 4 --chdir / --pythonpath a,b --env A=1 --backlog 9 --keep-alive 5 " +
      "--limit-request-line 4094 --limit-request-fields 50 --limit-request-field_size 1000 " +
      "--access-logfile - --access-logformat %(h)s --error-logfile - --log-level info --pid x " +
      "--graceful-timeout 5 --forwarded-allow-ips * app:app";
    const { layer } = read(...line.split(" "));
    expect(layer.size).toBe(19);
    expect(layer.get("limitRequestFieldSize")?.raws).toEqual(["1000"]);
  });
});

describe("a mistake on the command line", () => {
  it.each([
    [["--worker", "4"], "UNKNOWN_FLAG", "There is no flag --worker.", "Did you mean --workers?"],
    [["--prot", "1"], "UNKNOWN_FLAG", "There is no flag --prot.", "Did you mean --port?"],
    [
      ["--acess-logfile=-"],
      "UNKNOWN_FLAG",
      "There is no flag --acess-logfile.",
      "Did you mean --access-logfile?",
    ],
    [
      ["--access-log", "-"],
      "UNKNOWN_FLAG",
      "There is no flag --access-log.",
      "Did you mean --access-logfile?",
    ],
    [["--zebra"], "UNKNOWN_FLAG", "There is no flag --zebra.", "See every flag: highball --help"],
    [["-z"], "UNKNOWN_FLAG", "There is no flag -z.", "See every flag: highball --help"],
    [["-k", "gthread"], "UNKNOWN_FLAG", "There is no flag -k.", "Highball has one kind of worker"],
    [["--timeout", "120"], "UNKNOWN_FLAG", "There is no flag --timeout.", "leave it out"],
    [["--app", "x"], "UNKNOWN_FLAG", "There is no flag --app.", "highball myproject:app"],
    [["-b"], "FLAG_NEEDS_VALUE", "-b needs a value.", "For example: -b 127.0.0.1:8000"],
    [["-b", "-w", "4"], "FLAG_NEEDS_VALUE", "-b needs a value.", "For example: -b 127.0.0.1:8000"],
    [
      ["--debug=yes"],
      "FLAG_TAKES_NO_VALUE",
      '--debug takes no value, but it was given "yes".',
      "Write --debug alone.",
    ],
    [
      ["--check=1"],
      "FLAG_TAKES_NO_VALUE",
      '--check takes no value, but it was given "1".',
      "Write --check alone.",
    ],
    [["run", "a:b"], "TOO_MANY_ARGUMENTS", '"run" and "a:b" were named.', "Did you mean: highball a:b"],
    [["dve", "a:b"], "TOO_MANY_ARGUMENTS", '"dve" and "a:b" were named.', "Did you mean: highball dev a:b"],
    [["confg", "a"], "TOO_MANY_ARGUMENTS", '"confg" and "a" were named.', "Did you mean: highball config a"],
    [["a", "b"], "TOO_MANY_ARGUMENTS", '"a" and "b" were named.', "Put a name that holds spaces in quotes."],
  ])("such as %j is told", async (argv, code, message, hint) => {
    const error = await failureOf(() => read(...argv));
    expect(error).toMatchObject({ code, exitCode: 2 });
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
  });
});
