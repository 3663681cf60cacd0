import { badRequest, type Refusal } from "./refusal.ts";

/** What a POST says, or why it says nothing. */
export type Posted<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: Refusal };

/** Characters of code that are evaluated. */
const LONGEST_CODE = 100_000;

export interface PostedCode {
  readonly code: string;
  /** Chosen by the client, so that it can interrupt what has not answered; null if it does not want to. */
  readonly evaluation: number | null;
}

/** `{"code": "…"}`, and of an evaluation its number if it has one. */
export function readCode(body: Buffer): Posted<PostedCode> {
  const fields = readFields(body, ["code", "evaluation"]);
  if (!fields.ok) return fields;
  const { code, evaluation = null } = fields.value;
  if (typeof code !== "string") return refuse('It has no text "code".', '{"code": "1 + 1"}');
  if (code.length > LONGEST_CODE) {
    return {
      ok: false,
      refusal: {
        status: 413,
        code: "TOO_LARGE",
        message: `The code has ${code.length} characters, more than ${LONGEST_CODE}.`,
        hint: "Put it into a file of the project's and import that.",
      },
    };
  }
  if (evaluation !== null && (!Number.isSafeInteger(evaluation) || Number(evaluation) < 1)) {
    return refuse('Its "evaluation" is no whole number above 0.', '{"code": "1 + 1", "evaluation": 4711}');
  }
  return { ok: true, value: { code, evaluation: evaluation === null ? null : Number(evaluation) } };
}

/** `{"pin": "…"}` or `{"ticket": "…"}`. What it holds is never repeated. */
export function readKey(body: Buffer): Posted<{ readonly pin: string } | { readonly ticket: string }> {
  const fields = readFields(body, ["pin", "ticket"]);
  if (!fields.ok) return fields;
  const { pin, ticket } = fields.value;
  if (typeof pin === "string" && ticket === undefined && pin.length <= 100)
    return { ok: true, value: { pin } };
  if (typeof ticket === "string" && pin === undefined && ticket.length <= 100)
    return { ok: true, value: { ticket } };
  return refuse('It has neither a text "pin" nor a text "ticket", or both.', '{"pin": "123-456-789"}');
}

/** Nothing, or `{}`. */
export function readNothing(body: Buffer): Posted<null> {
  if (body.length === 0) return { ok: true, value: null };
  const fields = readFields(body, []);
  return fields.ok ? { ok: true, value: null } : fields;
}

type Fields = Readonly<Record<string, unknown>>;

function readFields(body: Buffer, known: readonly string[]): Posted<Fields> {
  const example = known.includes("pin")
    ? '{"pin": "123-456-789"}'
    : known.length === 0
      ? "{}"
      : '{"code": "1 + 1"}';
  let value: unknown;
  try {
    // RFC 8259 §8.1: JSON is UTF-8.
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return refuse("It is not JSON.", example);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return refuse("It is no JSON object.", example);
  }
  const strange = Object.keys(value).find((name) => !known.includes(name));
  if (strange !== undefined) {
    return refuse(
      `It has the field ${JSON.stringify(strange.slice(0, 50))}, which means nothing here.`,
      example,
    );
  }
  return { ok: true, value: value as Fields };
}

function refuse(what: string, example: string): { readonly ok: false; readonly refusal: Refusal } {
  return {
    ok: false,
    refusal: badRequest(`The body cannot be read: ${what.replace(/^It/, "it")}`, `For example: ${example}`),
  };
}
