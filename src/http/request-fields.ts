/**
 * The values of one request header field, in the order they came.
 *
 * @param rawHeaders name, value, name, value, as Node has them
 * @param name in lower case (RFC 9110 §5.1: names have no case)
 */
export function fieldValues(rawHeaders: readonly string[], name: string): readonly string[] {
  const values: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const given = rawHeaders[index] ?? "";
    // The length first: most of them need no other string then.
    if (given.length === name.length && given.toLowerCase() === name)
      values.push(rawHeaders[index + 1] ?? "");
  }
  return values;
}
