import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkEditor, editorLinks } from "../../src/debug/editor-links.ts";
import { guessEditor } from "../../src/debug/guess-editor.ts";
import { editors } from "../../src/settings/editor.ts";
import { EVIL } from "../support/error-models.ts";

const place = { file: "/home/me/my shop/cart.py", line: 14, column: 5 };

function linked(setting: string, at = place): string | null {
  return editorLinks(setting, "/home/me/my shop", {})?.(at) ?? null;
}

describe("links to editors", () => {
  it.each([
    ["vscode", "vscode://file/home/me/my%20shop/cart.py:14:5"],
    ["vscode-insiders", "vscode-insiders://file/home/me/my%20shop/cart.py:14:5"],
    ["vscodium", "vscodium://file/home/me/my%20shop/cart.py:14:5"],
    ["cursor", "cursor://file/home/me/my%20shop/cart.py:14:5"],
    ["zed", "zed://file/home/me/my%20shop/cart.py:14:5"],
    ["pycharm", "pycharm://open?file=/home/me/my%20shop/cart.py&line=14&column=5"],
    ["idea", "idea://open?file=/home/me/my%20shop/cart.py&line=14&column=5"],
    ["jetbrains", "jetbrains://pycharm/navigate/reference?project=my%20shop&path=cart.py:13:4"],
    ["sublime", "subl://open?url=file:///home/me/my%20shop/cart.py&line=14&column=5"],
    ["textmate", "txmt://open?url=file:///home/me/my%20shop/cart.py&line=14&column=5"],
    ["nvim", "nvim://open?url=file:///home/me/my%20shop/cart.py&line=14&column=5"],
    ["emacs", "emacs://open?url=file:///home/me/my%20shop/cart.py&line=14&column=5"],
    ["mine://{line}/{column}?{file}", "mine://14/5?/home/me/my%20shop/cart.py"],
    ["mine://open/{file}", "mine://open/home/me/my%20shop/cart.py"],
    ["vscode,/home/me=/Users/me", "vscode://file/Users/me/my%20shop/cart.py:14:5"],
    ["zed,/home=/x,/home/me/my shop=C:\\shop", "zed://file/C:/shop/cart.py:14:5"],
    ["zed,/home/me/my=/x", "zed://file/home/me/my%20shop/cart.py:14:5"],
    ["zed,/=/mnt/container", "zed://file/mnt/container/home/me/my%20shop/cart.py:14:5"],
  ])("%s: %s", (setting, link) => {
    expect(checkEditor(setting)).toBeNull();
    expect(linked(setting)).toBe(link);
  });

  it.each(["<string>", "<template>", "", "cart.py", "/a\0b"])("there is none for %j", (file) => {
    expect(linked("vscode", { ...place, file })).toBeNull();
  });

  it("there is none outside of the project, where the editor wants one", () => {
    expect(linked("jetbrains", { ...place, file: "/usr/lib/python3/os.py" })).toBeNull();
  });

  it("there is none where none is wanted, or none can be guessed", () => {
    expect(linked("none")).toBeNull();
    expect(linked("auto")).toBeNull();
  });

  it("begin with the editor's scheme and hold nothing that ends them, whatever the file is called", () => {
    const name = fc.oneof(fc.string({ unit: "binary" }), fc.constant(EVIL));
    fc.assert(
      fc.property(name, fc.constantFrom(...Object.keys(editors)), fc.integer(), (file, editor, line) => {
        const link = linked(editor, { file: `/home/me/my shop/${file}`, line, column: line }) ?? "";
        expect(link).toMatch(/^(?:[a-z-]+:\/\/[!#-&(-;=?-~]*)?$/);
        expect(link.split("&").length).toBeLessThanOrEqual((editors[editor] ?? "").split("&").length);
        expect(link).not.toContain("#");
      }),
      { seed: 4, numRuns: 500 },
    );
  });
});

describe("checking the setting", () => {
  it.each([
    ["javascript:alert(1)//{file}", '"javascript:"'],
    ["JavaScript://%0aalert(1){file}", '"javascript:"'],
    ["data:text/html,{file}", '"data:"'],
    ["https://example.test/{file}", '"https:"'],
    ["file://{file}", '"file:"'],
    ["vscode:{file}", '"://"'],
    [" java\tscript://{file}", '"://"'],
    ["mine://x", "no {file}"],
    ["mine://{file}/{user}", '"{user}"'],
    ["mine://{file}\u001B[2J", "no link may have"],
    ["vscod", "did you mean vscode"],
    ["notepad", "none of auto"],
    ["", "none of auto"],
    ["constructor", "none of auto"],
    ["vscode,/app", "maps a path to nothing"],
    ["vscode,/app=home", '"home" is not an absolute path'],
  ])("%j: %s", (setting, reason) => {
    expect(checkEditor(setting)).toContain(reason);
  });

  it("has nothing against what it knows", () => {
    for (const name of ["auto", "none", ...Object.keys(editors), ...Object.values(editors)]) {
      expect(checkEditor(name)).toBeNull();
    }
  });
});

describe("guessing the editor", () => {
  it.each([
    [{ TERM_PROGRAM: "vscode" }, "vscode:"],
    [{ TERM_PROGRAM: "vscode", TERM_PROGRAM_VERSION: "1.99.0-insider" }, "vscode-insiders:"],
    [{ TERM_PROGRAM: "vscode", VSCODE_GIT_ASKPASS_NODE: "/Applications/Cursor.app/x" }, "cursor:"],
    [{ TERM_PROGRAM: "vscode", VSCODE_GIT_ASKPASS_NODE: "/usr/share/codium/codium" }, "vscodium:"],
    [{ ZED_TERM: "true", EDITOR: "vim" }, "zed:"],
    [{ TERMINAL_EMULATOR: "JetBrains-JediTerm" }, "pycharm:"],
    [{ EDITOR: "/usr/bin/code --wait" }, "vscode:"],
    [{ VISUAL: "zed", EDITOR: "code" }, "zed:"],
    [{ VISUAL: "nano", EDITOR: "mate -w" }, "txmt:"],
    [
      { TERM_PROGRAM: "vscode", WSL_DISTRO_NAME: "Ubuntu-24.04" },
      "vscode://vscode-remote/wsl+Ubuntu-24.04{file}:",
    ],
  ])("%j: %s", (environment, beginning) => {
    expect(guessEditor(environment)).toContain(beginning);
  });

  it.each([
    {},
    { EDITOR: "vim" },
    { EDITOR: "" },
    { EDITOR: "constructor" },
    { TERM_PROGRAM: "Apple_Terminal" },
    { TERM_PROGRAM: "vscode", SSH_CONNECTION: "10.0.0.1 1 10.0.0.2 22" },
    { EDITOR: "code", CODESPACES: "true" },
  ])("%j: none", (environment) => {
    expect(guessEditor(environment)).toBeNull();
  });
});
