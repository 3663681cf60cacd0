import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Application, ApplicationRequest, Call, Failure, Responder } from "../../src/application.ts";
import { CodeState } from "../../src/code-state.ts";
import { ReloadReport } from "../../src/reload/reload-report.ts";
import { Reloader, type Load, type LoadResult } from "../../src/reload/reloader.ts";
import type { Change, Watcher } from "../../src/reload/watcher.ts";
import { notLoaded } from "../support/failures.ts";
import { MemoryLog } from "../support/memory-log.ts";

const REQUEST: ApplicationRequest = { environ: "", body: null, replayable: true };
const BROKEN: Failure = notLoaded({ code: "APPLICATION_IMPORT_FAILED", message: "SyntaxError" });
const good: LoadResult = { problem: null, files: [], slowest: [] };
const bad = (mayPass = false): LoadResult => ({
  problem: { failure: BROKEN, text: "SyntaxError", mayPass },
  files: [],
  slowest: [],
});

function change(path: string, rest: Partial<Change> = {}): Change {
  return { path, kind: "changed", role: "code", size: 10, ...rest };
}

/** Promise.withResolvers, which Node 20 has not. */
function withResolvers<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  const parts: { resolve?: (value: Value) => void } = {};
  const promise = new Promise<Value>((resolve) => {
    parts.resolve = resolve;
  });
  return { promise, resolve: (value) => parts.resolve?.(value) };
}

/** A load whose end the test decides. */
interface PendingLoad {
  readonly changes: readonly Change[];
  readonly beforeServing: () => Promise<void>;
  abandoned: boolean;
  finish(result: LoadResult): void;
}

/** A reloader over an application that says which generation answered. */
class Scene {
  readonly log: MemoryLog = new MemoryLog();
  readonly state: CodeState = new CodeState();
  readonly loads: PendingLoad[] = [];
  readonly events: string[] = [];
  /** Changes that the next look finds. */
  saved: Change[] = [];
  retiring: Promise<void> | null = null;
  /** What the watcher finds once it knows what was imported. */
  following: (() => void) | null = null;
  readonly reloader: Reloader;
  #serving = 0;

  /** @param noticedWithin milliseconds that the watcher takes at the most to notice a change */
  constructor(noticedWithin = 0) {
    const application: Application = { begin: (_request, responder) => this.#answer(responder) };
    this.reloader = new Reloader({
      application,
      loader: {
        load: (changes, beforeServing) => this.#load(changes, beforeServing),
        retire: () => this.events.push("retire"),
        retiring: () => this.retiring,
        keepsTemplates: false,
        failWaiting: (failure) => this.events.push(`fail waiting: ${failure.kind}`),
      },
      state: this.state,
      report: new ReloadReport(this.log, false, () => "native"),
      isOwnOutput: ({ path }) => path === "/own.log",
      noticedWithin,
      limit: 3,
    });
  }

  get load(): PendingLoad {
    const load = this.loads.at(-1);
    if (load === undefined) throw new Error("nothing is being loaded");
    return load;
  }

  async start(result: LoadResult = good): Promise<void> {
    const started = this.begin();
    this.load.finish(result);
    await started;
  }

  /** Starts without an end of the first load. */
  begin(): Promise<LoadResult> {
    const watcher: Watcher = {
      type: "native",
      look: () => {
        const changes = this.saved.splice(0);
        if (changes.length > 0) this.reloader.changed(changes);
        return Promise.resolve();
      },
      follow: () => this.following?.(),
      close: () => this.events.push("watcher closed"),
    };
    return this.reloader.start(watcher);
  }

  /** Sends a request; the answer is the generation, or what refused it. */
  request(): Visitor {
    const visitor = new Visitor();
    visitor.call = this.reloader.gate.begin(REQUEST, visitor);
    return visitor;
  }

  #answer(responder: Responder): Call {
    responder.respondWhole(String(this.#serving), "");
    return { pid: 1, cancel: () => {}, consumed: () => {} };
  }

  #load(changes: readonly Change[], beforeServing: () => Promise<void>): Load {
    const generation = this.loads.length + 1;
    const { promise: result, resolve: finish } = withResolvers<LoadResult>();
    const pending: PendingLoad = {
      changes,
      beforeServing,
      abandoned: false,
      finish: (outcome) => {
        if (outcome.problem === null) this.#serving = generation;
        finish(outcome);
      },
    };
    this.loads.push(pending);
    return {
      generation,
      startedAt: Date.now(),
      result,
      abandon: () => {
        pending.abandoned = true;
      },
    };
  }
}

class Visitor implements Responder {
  answer: string | null = null;
  call: Call | null = null;
  respondWhole(head: string): void {
    this.answer = head;
  }
  fail(failure: Failure): void {
    this.answer = failure.kind;
  }
  hint(): void {}
  respond(): void {}
  send(): void {}
  sendFile(): Promise<boolean> {
    return Promise.resolve(false);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Lets everything happen that needs no time. */
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

describe("a request", () => {
  it("goes to the code that serves when a look finds no change", async () => {
    const scene = new Scene();
    await scene.start();
    const visitor = scene.request();
    await settle();
    expect(visitor.answer).toBe("1");
  });

  it("that comes after a save is answered by the new code, though no event has told of it", async () => {
    const scene = new Scene();
    await scene.start();
    scene.saved.push(change("/app.py"));
    const visitor = scene.request();
    await settle();
    expect(visitor.answer).toBeNull();
    scene.load.finish(good);
    await settle();
    expect(visitor.answer).toBe("2");
  });

  it("that comes during a load is held, and answered by what comes of it", async () => {
    const scene = new Scene();
    await scene.start();
    scene.reloader.changed([change("/app.py")]);
    const visitors = [scene.request(), scene.request()];
    await settle();
    scene.load.finish(bad());
    await settle();
    expect(visitors.map(({ answer }) => answer)).toEqual(["load-failed", "load-failed"]);
    expect(scene.events).toContain("fail waiting: load-failed");
  });

  it("whose client left while it was held is not run", async () => {
    const scene = new Scene();
    await scene.start();
    scene.reloader.changed([change("/app.py")]);
    const visitor = scene.request();
    await settle();
    visitor.call?.cancel();
    scene.load.finish(good);
    await settle();
    expect(visitor.answer).toBeNull();
  });

  it("is refused when too many are held already", async () => {
    const scene = new Scene();
    await scene.start();
    scene.reloader.changed([change("/app.py")]);
    const visitors = [1, 2, 3, 4].map(() => scene.request());
    await settle();
    expect(visitors.map(({ answer }) => answer)).toEqual([null, null, null, "overloaded"]);
  });
});

describe("a change", () => {
  it("takes the old code out of service before the new is loaded", async () => {
    const scene = new Scene();
    await scene.start();
    scene.reloader.changed([change("/srv/app.py")]);
    expect(scene.events).toEqual(["retire"]);
    expect(scene.loads).toHaveLength(2);
    expect(scene.log.lines()).toEqual([
      "info:  * Detected change in '/srv/app.py', reloading",
      "info:  * Restarting with native",
    ]);
  });

  it("during a load abandons it, and what comes of it is dropped", async () => {
    const scene = new Scene();
    await scene.start();
    scene.reloader.changed([change("/app.py")]);
    const old = scene.load;
    const visitor = scene.request();
    await settle();
    scene.reloader.changed([change("/other.py")]);
    expect(old.abandoned).toBe(true);
    await vi.advanceTimersByTimeAsync(50);
    expect(scene.loads).toHaveLength(3);
    scene.load.finish(good);
    await settle();
    expect(visitor.answer).toBe("3");
  });

  it("of many files, one after the other, is one load more, told once", async () => {
    const scene = new Scene();
    await scene.start();
    for (let index = 0; index < 40; index += 1) {
      scene.reloader.changed([change(`/module${index}.py`)]);
      await vi.advanceTimersByTimeAsync(10);
    }
    await vi.advanceTimersByTimeAsync(50);
    expect(scene.loads).toHaveLength(3);
    expect(scene.load.changes).toHaveLength(40);
    expect(scene.log.lines().filter((line) => line.includes("Detected"))).toHaveLength(1);
  });

  it("that leaves a file empty waits for the rest of the save", async () => {
    const scene = new Scene();
    await scene.start();
    scene.reloader.changed([change("/app.py", { size: 0 })]);
    expect(scene.loads).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(20);
    expect(scene.loads).toHaveLength(2);
  });

  it.each(["page", "style", "script"] as const)(
    "of a %s reloads nothing, and is told to pages",
    async (role) => {
      const scene = new Scene();
      await scene.start();
      const news: string[] = [];
      scene.state.subscribe((each) => news.push(each.kind));
      scene.reloader.changed([change("/static/a", { role })]);
      expect(scene.loads).toHaveLength(1);
      expect(news).toEqual(["asset"]);
    },
  );

  it("of any file tries broken code again", async () => {
    const scene = new Scene();
    await scene.start(bad());
    scene.reloader.changed([change("/data.json", { role: "other" })]);
    expect(scene.loads).toHaveLength(2);
    scene.load.finish(good);
    const visitor = scene.request();
    await settle();
    expect(visitor.answer).toBe("2");
    scene.reloader.changed([change("/data.json", { role: "other" })]);
    expect(scene.loads).toHaveLength(2);
  });

  it("that broken code brings about itself, in a log for example, does not load it for ever", async () => {
    const scene = new Scene();
    await scene.start(bad());
    const write = async (): Promise<void> => {
      scene.reloader.changed([change("/app.log", { role: "other" })]);
      await settle();
      if (scene.state.status === "loading") scene.load.finish(bad());
      await settle();
    };
    for (let failure = 0; failure < 20; failure += 1) await write();
    expect(scene.loads).toHaveLength(4);
    expect(scene.log.lines().join("\n")).toContain('--reload-exclude "/app.log"');
    // It is tried again, more and more seldom.
    await vi.advanceTimersByTimeAsync(1_000);
    expect(scene.loads).toHaveLength(5);
    scene.load.finish(bad());
    await settle();
    await write();
    await vi.advanceTimersByTimeAsync(1_900);
    expect(scene.loads).toHaveLength(5);
    // Whoever mends it need not wait, nor does a file that somebody saves later.
    scene.reloader.changed([change("/app.py")]);
    expect(scene.loads).toHaveLength(6);
    scene.load.finish(bad());
    await vi.advanceTimersByTimeAsync(2_000);
    scene.load.finish(bad());
    await vi.advanceTimersByTimeAsync(1_100);
    expect(scene.loads).toHaveLength(7);
    scene.reloader.changed([change("/app.log", { role: "other" })]);
    expect(scene.loads).toHaveLength(8);
  });

  it("that broken code brings about itself is known as such by a watcher that seldom looks, too", async () => {
    const scene = new Scene(3_000);
    await scene.start(bad());
    for (let failure = 0; failure < 20; failure += 1) {
      await vi.advanceTimersByTimeAsync(3_000);
      scene.reloader.changed([change("/app.log", { role: "other" })]);
      await settle();
      if (scene.state.status === "loading") scene.load.finish(bad());
      await settle();
    }
    expect(scene.loads.length).toBeLessThan(12);
  });

  it("that the server itself writes mends nothing", async () => {
    const scene = new Scene();
    await scene.start(bad());
    scene.reloader.changed([change("/own.log", { role: "other" })]);
    expect(scene.loads).toHaveLength(1);
  });

  it("of the same file in load after load does not keep the code from serving", async () => {
    const scene = new Scene();
    await scene.start();
    scene.reloader.changed([change("/app.py")]);
    for (let round = 0; round < 5; round += 1) {
      scene.reloader.changed([change("/written.py")]);
      await vi.advanceTimersByTimeAsync(250);
    }
    const visitor = scene.request();
    await settle();
    scene.reloader.changed([change("/written.py")]);
    expect(scene.load.abandoned).toBe(false);
    scene.load.finish(good);
    await settle();
    expect(visitor.answer).toBe("7");
    expect(scene.log.lines().join("\n")).toContain('--reload-exclude "/written.py"');
    // It is not forgotten either.
    await vi.advanceTimersByTimeAsync(1_000);
    expect(scene.loads).toHaveLength(8);
  });
});

describe("many saves of one file, one after the other", () => {
  it("are never taken for the application's own doing: what serves is the last", async () => {
    const scene = new Scene();
    await scene.start();
    for (let save = 0; save < 40; save += 1) {
      scene.reloader.changed([change("/app.py")]);
      // Now and then one comes while nothing is being loaded, which the application's own would not.
      await vi.advanceTimersByTimeAsync(save % 4 === 0 ? 5 : 1_100);
    }
    const visitor = scene.request();
    scene.load.finish(good);
    await settle();
    expect(visitor.answer).toBe(String(scene.loads.length));
    expect(scene.log.lines().filter((line) => line.startsWith("warning"))).toEqual([]);
  });
});

describe("a save during the first load", () => {
  it("is no reason that the start never ends", async () => {
    const scene = new Scene();
    const started = scene.begin();
    scene.reloader.changed([change("/app.py")]);
    expect(scene.load.abandoned).toBe(true);
    await vi.advanceTimersByTimeAsync(15);
    scene.load.finish(good);
    expect(await started).toEqual(good);
    const visitor = scene.request();
    await settle();
    expect(visitor.answer).toBe("2");
  });
});

describe("a file outside the project that was saved while it was imported", () => {
  it("makes the load old before it serves", async () => {
    const scene = new Scene();
    await scene.start();
    scene.reloader.changed([change("/app.py")]);
    const visitor = scene.request();
    scene.following = () => {
      scene.following = null;
      scene.reloader.changed([change("/elsewhere/library.py")]);
    };
    scene.load.finish(good);
    await settle();
    expect(visitor.answer).toBeNull();
    await vi.advanceTimersByTimeAsync(15);
    scene.load.finish(good);
    await settle();
    expect(visitor.answer).toBe("3");
  });

  it("by the application itself, each time, does not keep it from serving", async () => {
    const scene = new Scene();
    await scene.start();
    scene.following = () => scene.reloader.changed([change("/elsewhere/written.py")]);
    scene.reloader.changed([change("/app.py")]);
    const visitor = scene.request();
    for (let round = 0; round < 6; round += 1) {
      scene.load.finish(good);
      await vi.advanceTimersByTimeAsync(250);
    }
    expect(visitor.answer).toBe("7");
    // It is loaded again for what it wrote: after a second, of which a quarter is over, then after two.
    await vi.advanceTimersByTimeAsync(700);
    expect(scene.loads).toHaveLength(7);
    await vi.advanceTimersByTimeAsync(100);
    expect(scene.loads).toHaveLength(8);
    scene.load.finish(good);
    await vi.advanceTimersByTimeAsync(1_900);
    expect(scene.loads).toHaveLength(8);
    await vi.advanceTimersByTimeAsync(200);
    expect(scene.loads).toHaveLength(9);
  });

  it("is told as what it is", async () => {
    const scene = new Scene();
    await scene.start();
    scene.reloader.changed([change("/app.py")]);
    scene.following = () => {
      scene.following = null;
      scene.reloader.changed([change("/elsewhere/library.py")]);
    };
    scene.load.finish(good);
    await settle();
    expect(scene.log.lines().filter((line) => line.includes("Detected"))).toHaveLength(2);
  });
});

describe("code that was half saved when it was loaded", () => {
  it("does not serve: a look before that finds the rest", async () => {
    const scene = new Scene();
    await scene.start();
    scene.reloader.changed([change("/app.py")]);
    const half = scene.load;
    scene.saved.push(change("/app.py"));
    await half.beforeServing();
    expect(half.abandoned).toBe(true);
    await vi.advanceTimersByTimeAsync(15);
    expect(scene.loads).toHaveLength(3);
  });

  it("is loaded as soon as the rest has come", async () => {
    const scene = new Scene();
    await scene.start();
    scene.reloader.changed([change("/app.py", { size: 0 })]);
    scene.reloader.changed([change("/app.py")]);
    expect(scene.loads).toHaveLength(2);
    expect(scene.log.lines().filter((line) => line.includes("Detected"))).toHaveLength(1);
  });
});

describe("code that cannot be loaded because the system refuses something", () => {
  it("is tried once more when the old code, which may have held it, has ended", async () => {
    const scene = new Scene();
    await scene.start();
    const { promise, resolve: ended } = withResolvers<void>();
    scene.retiring = promise;
    scene.reloader.changed([change("/app.py")]);
    const visitor = scene.request();
    await settle();
    scene.load.finish(bad(true));
    await settle();
    expect(visitor.answer).toBeNull();
    ended();
    await settle();
    scene.load.finish(good);
    await settle();
    expect(visitor.answer).toBe("3");
  });
});

describe("a debugger's prompt", () => {
  it("is not taken away: the change is loaded when it is closed", async () => {
    const scene = new Scene();
    await scene.start();
    scene.reloader.prompted(1);
    scene.reloader.changed([change("/app.py")]);
    scene.reloader.changed([change("/app.py")]);
    const visitor = scene.request();
    await settle();
    expect([scene.loads.length, scene.events, visitor.answer]).toEqual([1, [], null]);
    scene.reloader.prompted(-1);
    scene.load.finish(good);
    await settle();
    expect(visitor.answer).toBe("2");
    expect(scene.log.lines().filter((line) => line.includes("prompt"))).toHaveLength(1);
  });
});

describe("a server that stops", () => {
  it("refuses what waits for code, and loads nothing more", async () => {
    const scene = new Scene();
    await scene.start();
    scene.reloader.changed([change("/app.py")]);
    const visitor = scene.request();
    await settle();
    const { load } = scene;
    scene.reloader.stop({ kind: "unavailable", reason: "the server has stopped" });
    await settle();
    expect([visitor.answer, load.abandoned]).toEqual(["unavailable", true]);
    scene.reloader.changed([change("/app.py")]);
    expect(scene.loads).toHaveLength(2);
  });
});
