import { describe, expect, it } from "vitest";
import { renderBanner, type Started, startLines } from "../../src/cli/banner.ts";
import { paintFor } from "../../src/log/colour.ts";
import { resolveOptions } from "../../src/settings/options.ts";
import { version } from "../../src/version.ts";

const started: Started = {
  settings: resolveOptions({ application: "app.py", workers: 2, threads: 4 }).settings,
  server: {
    application: "app:app",
    python: "Python 3.11.7",
    urls: [
      { label: "Local", url: "http://127.0.0.1:8000" },
      { label: "Network", url: "http://192.0.2.7:8000" },
    ],
  },
  milliseconds: 212,
  usedCommonVariables: ["FLASK_APP", "PORT"],
};

describe("the banner of highball dev", () => {
  it("is short, with every address as a link, and says which variables counted", () => {
    expect(renderBanner(started, paintFor(false))).toBe(`
  Highball ${version}  app:app  ready in 212 ms

  Local    http://127.0.0.1:8000
  Network  http://192.0.2.7:8000

  Python 3.11.7, 2 workers, 4 threads each; FLASK_APP, PORT from the environment
  Press Ctrl+C to stop.
`);
  });

  it("says how the debugger is unlocked, where it is", () => {
    const link = "http://127.0.0.1:8000/__highball__/unlock#ticket";
    const banner = renderBanner({ ...started, unlocking: { pin: "123-456-789", link } }, paintFor(false));
    expect(banner).toContain(`\n  Debugger  PIN 123-456-789, or unlock it once by this link:\n  ${link}\n`);
    const onSocket = renderBanner({ ...started, unlocking: { pin: "1-2", link: null } }, paintFor(false));
    expect(onSocket).toContain("\n  Debugger  PIN 1-2\n");
  });

  it("names the key that lists the others, where keys are obeyed", () => {
    const banner = renderBanner({ ...started, keys: true }, paintFor(false));
    expect(banner).toContain("\n  Press Ctrl+C to stop, h and Enter for help.\n");
  });

  it("says that the code cannot be loaded, and what to do", () => {
    const broken = { ...started, server: { ...started.server, python: "" }, usedCommonVariables: [] };
    const banner = renderBanner(broken, paintFor(false));
    expect(banner).toContain("app:app  cannot be loaded: see above. The next save tries again.");
    expect(banner).toContain("\n  2 workers, 4 threads each\n");
  });

  it("keeps its columns in colour", () => {
    const coloured = renderBanner(started, paintFor(true));
    expect(coloured).toContain("\u001B[36mhttp://127.0.0.1:8000\u001B[39m");
    // oxlint-disable-next-line no-control-regex -- taking colours out is what it is for
    expect(coloured.replaceAll(/\u001B\[\d+m/g, "")).toBe(renderBanner(started, paintFor(false)));
  });
});

describe("the first lines of production's log", () => {
  it("say the same in gunicorn's words", () => {
    expect(startLines(started)).toEqual([
      `Highball ${version} serves app:app, ready in 212 ms`,
      `Listening at: http://127.0.0.1:8000 (${process.pid})`,
      `Listening at: http://192.0.2.7:8000 (${process.pid})`,
      "Python 3.11.7, 2 workers, 4 threads each",
      "From the environment: FLASK_APP, PORT",
    ]);
  });

  it("count one as one", () => {
    const { settings } = resolveOptions({ application: "a", workers: 1, threads: 1 });
    const lines = startLines({ ...started, settings, usedCommonVariables: [] });
    expect(lines.at(-1)).toBe("Python 3.11.7, 1 worker, 1 thread");
  });
});
