import { createHash } from "node:crypto";
import { EVENTS_PATH, INTERNAL_PREFIX } from "./paths.ts";

export { EVENTS_PATH, INTERNAL_PREFIX, SCRIPT_PATH } from "./paths.ts";

/** Of the notice of an error: as the error page has it, light and dark. */
const NOTICE_STYLE =
  ":host { all: initial; }" +
  "ul { position: fixed; right: 16px; bottom: 16px; z-index: 2147483647; max-width: min(420px, calc(100vw - 32px)); margin: 0; padding: 0; list-style: none; font: 14px/1.4 system-ui, sans-serif; color-scheme: light dark; }" +
  "li { display: flex; gap: 8px; align-items: start; margin-top: 8px; padding: 10px 12px; border: 1px solid light-dark(#e4e1db, #35322e); border-left: 3px solid light-dark(#b3261e, #ff9a90); border-radius: 6px; background: light-dark(#fff, #171614); box-shadow: 0 4px 16px #0004; }" +
  "a { flex: 1; color: light-dark(#b3261e, #ff9a90); overflow-wrap: anywhere; text-decoration: none; }" +
  "a:hover { text-decoration: underline; }" +
  "button { padding: 0 4px; border: 0; background: none; color: light-dark(#625e57, #a8a299); font: inherit; cursor: pointer; }" +
  "@media print { ul { display: none; } }";

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
 * - An error that no page is shown for (in a streamed body, in a thread) is told of in the page that is seen, once, in
 *   a shadow root: no style of the application's gets in, and a policy of its own forbids none of ours.
 */
export const CLIENT_SCRIPT: string = `(() => {
  let { version } = document.currentScript.dataset, heard, source, timer, delay, list, fresh = [];
  const seen = new Set();
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
  const notice = ({ id, title, place }) => {
    if (self !== top || seen.has(id) || !/stream|close|thread|crash/.test(place)) return;
    seen.add(id);
    if (!list?.isConnected) {
      const host = document.createElement("div"), root = host.attachShadow({ mode: "open" }), sheet = new CSSStyleSheet();
      sheet.replaceSync("${NOTICE_STYLE}");
      root.adoptedStyleSheets = [sheet];
      list = document.createElement("ul");
      list.setAttribute("aria-live", "polite");
      list.setAttribute("aria-label", "Errors in the background");
      root.append(list);
      document.documentElement.append(host);
    }
    const row = document.createElement("li"), link = document.createElement("a"), button = document.createElement("button");
    link.href = origin + "${INTERNAL_PREFIX}errors/" + id;
    link.textContent = title;
    button.textContent = "\u00d7";
    button.setAttribute("aria-label", "Dismiss");
    button.onclick = () => row.remove();
    row.append(link, button);
    list.append(row);
    if (list.children.length > 3) list.firstChild.remove();
  };
  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };
  const open = () => {
    source = new EventSource(origin + "${EVENTS_PATH}");
    source.onopen = () => { delay = 250; };
    source.onerror = (event) => {
      if (event.data) return notice(JSON.parse(event.data));
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
