import type { ErrorModel, ExceptionModel, FrameModel, ItemModel, ValueModel } from "../error-model.ts";
import { maskVariable } from "./secrets.ts";

/**
 * A model with the secrets of its request masked where frames hold the WSGI environ, as those of every framework
 * do. Other variables are shown as they are: they are what somebody who debugs is looking for.
 */
export function maskEnvirons(model: ErrorModel): ErrorModel {
  return { ...model, exception: maskException(model.exception) };
}

function maskException(exception: ExceptionModel): ExceptionModel {
  const { cause, context, members, frames } = exception;
  return {
    ...exception,
    cause: cause === null ? null : maskException(cause),
    context: context === null ? null : maskException(context),
    members: members.map(maskException),
    frames: frames.map(maskFrame),
  };
}

function maskFrame(frame: FrameModel): FrameModel {
  const variables = frame.variables.map(({ name, value }) => ({ name, value: maskValue(value) }));
  return { ...frame, variables };
}

function maskValue(value: ValueModel): ValueModel {
  return value.kind === "items" ? { ...value, items: value.items.map(maskItem) } : value;
}

function maskItem({ key, value }: ItemModel): ItemModel {
  const name = typeof key === "object" && key?.kind === "text" ? unquoted(key.text) : null;
  if (name === null || !OF_ENVIRON.test(name) || value.kind !== "text")
    return { key, value: maskValue(value) };
  const text = unquoted(value.text);
  const masked = maskVariable(name, text);
  return { key, value: masked === text ? value : { ...value, text: `'${masked}'`, cut: 0 } };
}

/** CGI's names, which nothing else has; and PINs, with which who may look could do more. */
const OF_ENVIRON = /^(?:HTTP_[A-Z\d_]+|QUERY_STRING|REQUEST_URI|RAW_URI|(?:HIGHBALL|WERKZEUG)_DEBUG_PIN)$/;

/** What a repr says, as far as it was not cut. */
function unquoted(repr: string): string {
  const quote = /^['"]/.exec(repr)?.[0];
  if (quote === undefined) return repr;
  return repr.length > 1 && repr.endsWith(quote) ? repr.slice(1, -1) : repr.slice(1);
}
