/** Characters of a field that are shown. */
const LONGEST = 4096;
/** Fields that are shown. */
const MOST = 200;

export type FormField = readonly [name: string, value: string];

/**
 * The fields of a form as browsers send it with files (RFC 7578 §4), to be looked at.
 *
 * @param type value of Content-Type
 * @returns of a file its name, type and size; null where there is no form in it
 */
export function multipartFields(type: string, body: Buffer): readonly FormField[] | null {
  const [, quoted, bare] = /boundary=(?:"([^"]{1,200})"|([^\s;]{1,200}))/i.exec(type) ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined) return null;
  // Each byte a character, so that what is no text stays as it is.
  const [, ...parts] = `\r\n${body.toString("latin1")}`.split(`\r\n--${boundary}`);
  const fields = parts.slice(0, MOST).flatMap((part) => readPart(part) ?? []);
  return fields.length === 0 ? null : fields;
}

function readPart(part: string): readonly FormField[] | null {
  const end = part.indexOf("\r\n\r\n");
  // After the last one come two hyphens.
  if (!part.startsWith("\r\n") || end === -1) return null;
  const head = decode(part.slice(2, end));
  const content = part.slice(end + 4);
  const name = parameter(head, "name");
  if (name === null) return null;
  const file = parameter(head, "filename");
  if (file === null) return [[name, decode(content.slice(0, LONGEST))]];
  const type = /^content-type:[ \t]*(.+)$/im.exec(head)?.[1] ?? "application/octet-stream";
  return [[name, `${file === "" ? "no file" : file} (${type.trim()}, ${content.length} bytes)`]];
}

function parameter(head: string, name: string): string | null {
  const line = /^content-disposition:(.*)$/im.exec(head)?.[1] ?? "";
  const [, quoted, bare] = new RegExp(`[;\\s]${name}=(?:"([^"]*)"|([^\\s;"]+))`, "i").exec(line) ?? [];
  return quoted ?? bare ?? null;
}

function decode(text: string): string {
  return Buffer.from(text, "latin1").toString("utf8");
}
