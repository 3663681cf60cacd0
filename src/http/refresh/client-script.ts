import { createHash } from "node:crypto";
import { EVENTS_PATH } from "./paths.ts";

export { EVENTS_PATH, INTERNAL_PREFIX, SCRIPT_PATH } from "./paths.ts";

/**
 * Runs in a page, and loads it again when the code that made it is not the code that is served.
 *
 * - Its element says by `data-version` what the page was made of.
 * - A tab that nobody sees does not listen: browsers open no more than six connections to one server
 *   (HTTP/1.1), and the first event after it is seen again says all that was missed.
 * - A page that comes from a cache is old again after it was loaded: sessionStorage keeps the
 *   version that an address was last loaded for, so that it is not loaded for the same one twice.
 * - A page that is gone back to goes on as it was left; not every browser says so in the same way.
 * - Each attempt that fails is a line in the browser's console, so they become rarer.
 * - A stylesheet is replaced when the new one has come, so that the page never stands without. Where
 *   the code has changed as well, or there is no stylesheet to replace, the page is loaded.
 * - Where a frame is sandboxed it has no origin, and may not listen.
 */
export const CLIENT_SCRIPT: string = `(() => {
  let { version } = document.currentScript.dataset, heard, source, timer, delay, fresh = [];
  const { origin } = location;
  if (self.highballRefresh || self.origin === "null") return;
  self.highballRefresh = true;
  const key = () => "highball " + location.href.split("#")[0];
  const reload = (next) => {
    try {
      if (sessionStorage.getItem(key()) === next) return;
      sessionStorage.setItem(key(), next);
    } catch {
      return;
    }
    location.reload();
  };
  const state = (now) => {
    heard = now.version;
    if (heard !== version) {
      if (now.status !== "loading") reload(heard);
    } else try {
      sessionStorage.removeItem(key());
    } catch {}
  };
  const restyle = (next) => {
    for (const link of fresh) link.remove();
    fresh = [];
    for (const link of document.querySelectorAll("link[rel~=stylesheet][href]:not([disabled])")) {
      const url = new URL(link.href);
      if (url.origin !== origin) continue;
      url.searchParams.set("highball", next);
      const copy = link.cloneNode();
      copy.href = url;
      copy.onload = () => { link.remove(); fresh = fresh.filter((other) => other !== copy); };
      copy.onerror = () => reload(next);
      fresh.push(copy);
      link.after(copy);
    }
    if (fresh.length) version = next;
    else reload(next);
  };
  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };
  const open = () => {
    source = new EventSource(origin + "${EVENTS_PATH}");
    source.onopen = () => { delay = 250; };
    source.onerror = () => {
      const refused = source.readyState === 2;
      close();
      if (!refused) timer = setTimeout(open, delay);
      delay = Math.min(delay * 2, 4000);
    };
    source.addEventListener("state", (event) => state(JSON.parse(event.data)));
    source.addEventListener("asset", (event) => {
      const now = JSON.parse(event.data), current = heard === version;
      heard = now.version;
      (now.role === "style" && current ? restyle : reload)(heard);
    });
  };
  const look = () => {
    close();
    delay = 250;
    if (!document.hidden) open();
  };
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => event.persisted && look());
  document.addEventListener("visibilitychange", look);
  look();
})();
`.replaceAll(/\n */g, "");

/** Names the script's text, so that a browser may keep it for ever. */
export const SCRIPT_VERSION: string = createHash("sha256").update(CLIENT_SCRIPT).digest("hex").slice(0, 12);
