import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PageContext } from "../../src/debug/page/page-context.ts";
import { renderRequest } from "../../src/debug/page/request-panel.ts";
import { masks } from "../../src/debug/secrets.ts";
import { requestRecord } from "../support/error-models.ts";
import { multipartFields } from "../../src/debug/page/multipart-form.ts";

const TYPE = "multipart/form-data; boundary=----WebKitFormBoundaryX";

function form(...parts: readonly (readonly [head: string, content: Buffer | string])[]): Buffer {
  const made = parts.map(([head, content]) =>
    Buffer.concat([
      Buffer.from(`------WebKitFormBoundaryX\r\nContent-Disposition: form-data; ${head}\r\n\r\n`),
      Buffer.from(content),
      Buffer.from("\r\n"),
    ]),
  );
  return Buffer.concat([...made, Buffer.from("------WebKitFormBoundaryX--\r\n")]);
}

describe("a form with files", () => {
  it("has its fields, and of a file what it is", () => {
    const picture = Buffer.from([0x89, 0x50, 0x0d, 0x0a, 0xff]);
    const body = form(
      ['name="title"', "Café\r\nau lait"],
      ['name="picture"; filename="crème.png"\r\nContent-Type: image/png', picture],
      ['name="nothing"; filename=""\r\nContent-Type: application/octet-stream', ""],
    );
    expect(multipartFields(TYPE, body)).toEqual([
      ["title", "Café\r\nau lait"],
      ["picture", "crème.png (image/png, 5 bytes)"],
      ["nothing", "no file (application/octet-stream, 0 bytes)"],
    ]);
  });

  it.each([
    ["without a boundary", "multipart/form-data", form(['name="a"', "b"])],
    ["with another boundary", "multipart/form-data; boundary=other", form(['name="a"', "b"])],
    ["without a name", TYPE, form(["x=1", "b"])],
    ["without a blank line", TYPE, Buffer.from("------WebKitFormBoundaryX\r\nname")],
  ])("is none %s", (_, type, body) => {
    expect(multipartFields(type, body)).toBeNull();
  });

  it("is read whatever is in it", () => {
    fc.assert(
      fc.property(fc.string(), fc.uint8Array(), (type, bytes) => {
        const beginning = Buffer.from(
          '------WebKitFormBoundaryX\r\nContent-Disposition: form-data; name="a"',
        );
        for (const found of [
          multipartFields(`multipart/form-data; boundary=${type}`, Buffer.from(bytes)),
          multipartFields(TYPE, Buffer.concat([beginning, bytes])),
        ]) {
          expect(found === null || found.every(([name]) => typeof name === "string")).toBe(true);
        }
      }),
      { seed: 20_261_120 },
    );
  });

  it("is shown on the page, its secrets masked", () => {
    const body = form(['name="colour"', "red"], ['name="password"', "hunter2hunter2"]);
    const headers = [["Content-Type", TYPE]] as const;
    const context: PageContext = {
      run: "",
      version: "",
      evaluates: true,
      project: "",
      editorLink: null,
      masks,
    };
    const { text } = renderRequest(requestRecord({ headers, body, bodySize: body.length }), context);
    expect(text).toMatch(/<summary>Form <small>2<\/small>[\s\S]*colour[\s\S]*red[\s\S]*password/);
    expect(text).not.toContain("hunter2");
  });
});
