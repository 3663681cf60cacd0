/** As much of a browser as a test of forms needs: it keeps cookies and sends what a page's form holds. */

export interface Page {
  readonly status: number;
  /** Where a redirect leads, path and query only. */
  readonly location: string | null;
  readonly headers: Headers;
  readonly text: string;
}

export class Browser {
  readonly #url: string;
  readonly #cookies = new Map<string, string>();

  constructor(url: string) {
    this.#url = url;
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Page> {
    return this.#fetch(path, { headers });
  }

  /** Sends a form, urlencoded; redirects are not followed, since where they lead is what a test asks. */
  post(path: string, form: Readonly<Record<string, string>>): Promise<Page> {
    const headers = { Referer: new URL(path, this.#url).href };
    return this.#fetch(path, { method: "POST", body: new URLSearchParams(form), headers });
  }

  /** Opens a page and sends its form, with the page's CSRF token among the fields. */
  async submit(path: string, form: Readonly<Record<string, string>>): Promise<Page> {
    const page = await this.get(path);
    const token = /name="csrfmiddlewaretoken" value="(\w+)"/.exec(page.text)?.[1];
    if (token === undefined)
      throw new Error(`no CSRF token in the page ${path}: ${page.status} ${page.text}`);
    return this.post(path, { csrfmiddlewaretoken: token, ...form });
  }

  async #fetch(path: string, init: RequestInit): Promise<Page> {
    const headers = new Headers(init.headers);
    const cookies = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    if (cookies !== "") headers.set("Cookie", cookies);
    const response = await fetch(new URL(path, this.#url), { ...init, headers, redirect: "manual" });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/max-age=0/i.test(cookie)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    const location = response.headers.get("location");
    const target = location === null ? null : new URL(location, this.#url);
    return {
      status: response.status,
      location: target === null ? null : target.pathname + target.search,
      headers: response.headers,
      text: await response.text(),
    };
  }
}
