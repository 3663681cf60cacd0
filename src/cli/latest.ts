import { HighballError } from "../errors.ts";

/** The newest of a list that is oldest first. @throws HighballError RECORD_NOT_FOUND if it is empty */
export function latest(records: readonly { readonly id: number }[], noun: "error" | "request"): number {
  const id = records.at(-1)?.id;
  if (id !== undefined) return id;
  throw new HighballError(
    "RECORD_NOT_FOUND",
    `The server keeps no ${noun}: there was none since it was started.`,
  );
}
