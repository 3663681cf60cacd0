import { describe, expect, it } from "vitest";
import { silentFileSystem } from "../../src/reload/watch-mounts.ts";

/** Lines as proc(5) shows them. */
const mounts = `22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:40 / /mnt/nfs rw,relatime shared:2 master:1 - nfs4 server:/export rw,vers=4.2
31 22 0:41 / /mnt/nfs/local rw - tmpfs tmpfs rw
32 22 0:42 / /mnt/c rw,noatime - 9p C:\\134 rw,dirsync,aname=drvfs;path=C:\\;uid=1000
33 22 0:43 / /home/me/with\\040space rw - fuse.sshfs me@host:/ rw
34 22 0:44 / /media/stick rw - fuseblk /dev/sdb1 rw
35 22 0:45 /sub /workspace rw - virtiofs workspace rw
36 22 0:46 / /twice rw - cifs //server/share rw
37 22 0:47 / /twice rw - ext4 /dev/vdc rw
`;

describe("file systems that do not tell of changes", () => {
  const cases: readonly (readonly [path: string, type: string | null])[] = [
    ["/home/me/project", null],
    ["/mnt/nfs", "nfs4"],
    ["/mnt/nfs/project", "nfs4"],
    ["/mnt/nfsx", null],
    ["/mnt/nfs/local/project", null],
    ["/mnt/c/Users/me", "9p"],
    ["/home/me/with space/project", "fuse.sshfs"],
    ["/media/stick/project", null],
    ["/workspace", "virtiofs"],
    ["/twice/project", null],
  ];
  for (const [path, type] of cases) {
    it(`${path}: ${type ?? "none"}`, () => {
      expect(silentFileSystem(path, mounts, "6.8.0-generic")).toBe(type);
    });
  }

  it("the Windows side of WSL, however it is mounted", () => {
    expect(silentFileSystem("/mnt/d/project", mounts, "5.15.153.1-microsoft-standard-WSL2")).toBe("Windows");
    expect(silentFileSystem("/mnt/d/project", mounts, "6.8.0-generic")).toBe(null);
    expect(silentFileSystem("/mnt/data/project", mounts, "5.15.153.1-microsoft-standard-WSL2")).toBe(null);
  });

  it("nobody knows: they are taken to tell", () => {
    expect(silentFileSystem("/home/me", "", "23.5.0")).toBe(null);
    expect(silentFileSystem("/home/me", "noise\n\n- -", "23.5.0")).toBe(null);
  });
});
