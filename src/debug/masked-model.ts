import type {
  ErrorModel,
  ExceptionModel,
  FrameModel,
  ItemModel,
  SourceModel,
  ValueModel,
} from "../error-model.ts";
import { mainFrame } from "./fold.ts";
import { mask } from "./mask.ts";
import { maskLoosely } from "./mask-text.ts";
import { withoutSecrets } from "./request-secrets.ts";
import { isSecretName } from "./secret-names.ts";

/** `://user:password@`, anywhere. */
const PASSWORD = /(?<![a-z\d+.-])([a-z][a-z\d+.-]{0,30}:\/\/[^\s:/@"']{0,200}:)([^\s@/"']{1,200})@/gi;
/** A field of an address. */
const QUERY = /([?&])([\w.%[\]-]{1,100})=([^&\s"'<>#]+)/g;
/** A string in source behind a name: `api_key = "…"`, `"token": "…"`. */
const LITERAL = /((?<![\w.])(\w{1,100})["']?\s{0,20}[:=]\s{0,20}[a-zA-Z]{0,2})("[^"]*"?|'[^']*'?)/g;

/**
 * An error that may leave this machine: what a name says is a secret is masked, in variables, messages and source, and so
 * are the given ones wherever they are. Only the frame to look at keeps its variables.
 */
export function maskModel(model: ErrorModel, secrets: readonly string[]): ErrorModel {
  return new ModelMask(secrets).model(model);
}

/** Text that a person or a program wrote for people, what seems to be a secret in it masked. */
export function maskProse(text: string): string {
  // The name of Python's error is none of a secret.
  const parts = text.split(/(\bKeyError: )/);
  const masked = parts.map((part, index) => (index % 2 === 1 ? part : maskLoosely(part)));
  return maskAddresses(masked.join(""));
}

function maskAddresses(text: string): string {
  return text
    .replace(PASSWORD, (_whole, before: string, password: string) => `${before}${mask(password)}@`)
    .replace(QUERY, (whole: string, sign: string, name: string, value: string) =>
      isSecretName(name) ? `${sign}${name}=${mask(value)}` : whole,
    );
}

class ModelMask {
  readonly #secrets: readonly string[];

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  model(model: ErrorModel): ErrorModel {
    return { ...model, exception: this.#exception(model.exception) };
  }

  #text(text: string): string {
    return this.#given(maskProse(text));
  }

  #given(text: string): string {
    return withoutSecrets(text, this.#secrets);
  }

  #exception(exception: ExceptionModel): ExceptionModel {
    const { cause, context, syntax } = exception;
    const main = mainFrame(exception.frames);
    return {
      ...exception,
      message: this.#text(exception.message),
      notes: exception.notes.map((note) => this.#text(note)),
      cause: cause && this.#exception(cause),
      context: context && this.#exception(context),
      members: exception.members.map((member) => this.#exception(member)),
      syntax: syntax && { ...syntax, source: this.#source(syntax.source) },
      frames: exception.frames.map((frame) => this.#frame(frame, frame === main)),
    };
  }

  #frame(frame: FrameModel, isMain: boolean): FrameModel {
    const variables = isMain ? frame.variables : [];
    return {
      ...frame,
      info: this.#text(frame.info),
      source: this.#source(frame.source),
      variables: variables.map(({ name, value }) => ({
        name,
        value: this.#value(value, isSecretName(name)),
      })),
    };
  }

  /** In code a name with an equals sign says nothing, if no string is behind it. */
  #source(source: SourceModel | null): SourceModel | null {
    if (source === null) return null;
    const lines = source.lines.map((line) => maskAddresses(this.#given(line)).replace(LITERAL, maskLiteral));
    return { ...source, lines };
  }

  #value(value: ValueModel, isSecret: boolean): ValueModel {
    if (value.kind === "items") {
      return { ...value, items: value.items.map((item) => this.#item(item, isSecret)) };
    }
    if (!isSecret) return { ...value, text: this.#text(value.text) };
    // Whether there is one is no secret.
    const isTelling = value.kind === "literal" && /^(?:None|True|False)$/.test(value.text);
    return isTelling ? value : { ...value, text: mask(value.text) };
  }

  #item({ key, value }: ItemModel, isSecret: boolean): ItemModel {
    const name = typeof key === "string" ? key : key !== null && key.kind !== "items" ? key.text : "";
    return {
      // A secret may be what something is found by.
      key: key === null || typeof key === "string" ? key : this.#value(key, false),
      value: this.#value(value, isSecret || isSecretName(name)),
    };
  }
}

function maskLiteral(whole: string, before: string, name: string, literal: string): string {
  if (!isSecretName(name)) return whole;
  const [quote = ""] = literal;
  const content = literal.slice(1).replace(new RegExp(`${quote}$`), "");
  return `${before}${quote}${mask(content)}${literal.length > content.length + 1 ? quote : ""}`;
}
