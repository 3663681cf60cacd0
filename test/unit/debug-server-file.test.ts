/** Programs of the same user find the servers of a project that run, and nobody else does. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, lstatSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectFolderPath } from "../../src/debug/project-folder.ts";
import {
  readAllServerFiles,
  readServerFile,
  readServerFiles,
  type ServerFile,
  writeServerFile,
} from "../../src/debug/server-file.ts";
import { makeFolder } from "../support/folder.ts";

const server = (given: Partial<ServerFile> = {}): ServerFile => ({
  url: "http://127.0.0.1:8000",
  token: "secret",
  pid: process.pid,
  startedAt: 1,
  ...given,
});

describe("the file of a server that runs", () => {
  it("is this user's alone, says where the server is, and goes with it", () => {
    const project = makeFolder();
    const environment = { HOME: makeFolder() };
    expect(readServerFile(project, environment)).toBeNull();
    const remove = writeServerFile(project, server(), environment);
    const folder = projectFolderPath(project, environment);
    const [name = ""] = readdirSync(folder);
    expect(lstatSync(join(folder, name)).mode & 0o777).toBe(0o600);
    expect(readServerFile(project, environment)).toEqual(server());
    remove();
    expect(readServerFile(project, environment)).toBeNull();
    expect(existsSync(folder)).toBe(false);
    expect(remove).not.toThrow();
  });

  it("counts while its process lives, the newest first", () => {
    const project = makeFolder();
    const environment = { HOME: makeFolder() };
    writeServerFile(project, server({ startedAt: 1 }), environment);
    writeServerFile(project, server({ pid: process.ppid, startedAt: 2 }), environment);
    const { pid: ended } = spawnSync("true");
    writeServerFile(project, server({ pid: ended, startedAt: 3 }), environment);
    const pids = readServerFiles(project, environment).map(({ pid }) => pid);
    expect(pids).toEqual([process.ppid, process.pid]);
    const other = makeFolder();
    writeServerFile(other, server({ startedAt: 4 }), environment);
    expect(readAllServerFiles(environment).map(({ startedAt }) => startedAt)).toEqual([4, 2, 1]);
  });

  it("is removed by the next server when its own was killed", () => {
    const project = makeFolder();
    const environment = { HOME: makeFolder() };
    const { pid: ended } = spawnSync("true");
    writeServerFile(project, server({ pid: ended }), environment);
    writeServerFile(project, server(), environment);
    expect(readdirSync(projectFolderPath(project, environment))).toEqual([`server-${process.pid}.json`]);
  });

  it("does not count where others could have read or written it", () => {
    const project = makeFolder();
    const environment = { HOME: makeFolder() };
    writeServerFile(project, server(), environment);
    chmodSync(join(projectFolderPath(project, environment), `server-${process.pid}.json`), 0o644);
    expect(readServerFiles(project, environment)).toEqual([]);
  });

  it.each(["", "{", "[]", "null", '{"url": 1}', '{"url": "", "token": "", "pid": "1", "startedAt": 1}'])(
    "does not count where it holds %j",
    (text) => {
      const project = makeFolder();
      const environment = { HOME: makeFolder() };
      writeServerFile(project, server(), environment);
      writeFileSync(join(projectFolderPath(project, environment), `server-${process.pid}.json`), text);
      expect(readServerFiles(project, environment)).toEqual([]);
    },
  );
});
