import { EVENTS_PATH } from "../../http/refresh/paths.ts";

/** What the server tells while it runs. */
export interface ServerEvents {
  /** The code, as it is: also the first thing that is told. */
  state(news: { readonly version: string; readonly status: "loading" | "ready" | "failed" }): void;
  /** A file changed that needs no restart: a template, a style. */
  asset(news: { readonly version: string }): void;
  /** Something has gone wrong that has no page of its own. */
  error(news: { readonly id: number; readonly title: string }): void;
}

/**
 * Listens while the tab is seen: browsers open no more than six connections to one server. What was missed is in the
 * first event afterwards.
 */
export function listen(events: Partial<ServerEvents>, caughtUp: () => void = () => undefined): void {
  // Code that does not change has no events.
  if (document.body.dataset["version"] === "") return;
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let delay = 250;
  const close = (): void => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };
  const open = (): void => {
    const opened = new EventSource(EVENTS_PATH);
    source = opened;
    opened.addEventListener("open", () => {
      delay = 250;
      caughtUp();
    });
    // The browser's own event has the name too, and no data.
    opened.addEventListener("error", (event) => {
      if (event instanceof MessageEvent) return;
      const isRefused = opened.readyState === EventSource.CLOSED;
      close();
      // Each attempt that fails is a line in the browser's console.
      if (!isRefused) timer = setTimeout(open, delay);
      delay = Math.min(delay * 2, 4000);
    });
    for (const [name, hear] of Object.entries(events) as [string, (news: unknown) => void][]) {
      opened.addEventListener(name, (event) => {
        if (event instanceof MessageEvent) hear(JSON.parse(String(event.data)));
      });
    }
  };
  const look = (): void => {
    close();
    if (!document.hidden) open();
  };
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => event.persisted && look());
  document.addEventListener("visibilitychange", look);
  look();
}
