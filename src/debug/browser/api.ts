import { INTERNAL_PREFIX } from "../../http/refresh/paths.ts";

/** Why a request to the debugger came to nothing: the server's own words where it had any. */
export class ApiError extends Error {
  readonly status: number;
  /** `LOCKED`, `GONE`; empty where nobody answered. */
  readonly code: string;
  /** All of the answer. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    message: string,
    status: number,
    code: string,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.details = details;
    this.name = "ApiError";
    this.status = status;
    this.code = code;
  }
}

/** Asks a route for JSON. */
export function getJson(route: string, token: string | null = null): Promise<unknown> {
  return request(route, { headers: headersWith(token) });
}

/** Asks a route for text of a type. */
export async function getText(route: string, type: string): Promise<string> {
  const response = await reach(route, { headers: { Accept: type } });
  if (!response.ok) throw await refusal(response);
  return response.text();
}

export function postJson(route: string, body: unknown, token: string | null): Promise<unknown> {
  const headers = { ...headersWith(token), "Content-Type": "application/json" };
  return request(route, { method: "POST", headers, body: JSON.stringify(body) });
}

function headersWith(token: string | null): Record<string, string> {
  return { Accept: "application/json", ...(token === null ? {} : { "X-Highball-Token": token }) };
}

async function request(route: string, init: RequestInit): Promise<unknown> {
  const response = await reach(route, init);
  if (!response.ok) throw await refusal(response);
  return response.status === 204 ? null : ((await response.json()) as unknown);
}

async function reach(route: string, init: RequestInit): Promise<Response> {
  try {
    const headers = new Headers(init.headers);
    // The next run of the server has other errors by the same numbers.
    headers.set("X-Highball-Run", document.body.dataset["run"] ?? "");
    return await fetch(INTERNAL_PREFIX + route, {
      ...init,
      headers,
      cache: "no-store",
      credentials: "same-origin",
    });
  } catch {
    throw new ApiError("The server does not answer. Is it running?", 0, "");
  }
}

async function refusal(response: Response): Promise<ApiError> {
  const { status } = response;
  let details: Readonly<Record<string, unknown>> = {};
  try {
    details = (await response.json()) as Readonly<Record<string, unknown>>;
  } catch {
    // Whatever answered was not the debugger.
  }
  const {
    code = "",
    message = `The server answers ${status}.`,
    hint = "",
  } = (details["error"] ?? {}) as {
    readonly code?: string;
    readonly message?: string;
    readonly hint?: string;
  };
  return new ApiError(hint === "" ? message : `${message} ${hint}`, status, code, details);
}
