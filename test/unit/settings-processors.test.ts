import { describe, expect, it } from "vitest";
import { availableProcessors } from "../../src/settings/processors.ts";
import { makeFolder } from "../support/folder.ts";

const version2 = { "proc/self/cgroup": "0::/system.slice/app.service\n" };
const version1 = {
  "proc/self/cgroup": "12:pids:/docker/1\n4:cpu,cpuacct:/docker/1\n1:name=systemd:/docker/1\n",
};

describe("the processors of a container", () => {
  it.each<[what: string, files: Record<string, string>, machine: number, expected: number]>([
    ["without control groups", {}, 8, 8],
    ["version 2, without a limit", { ...version2, "sys/fs/cgroup/cpu.max": "max 100000\n" }, 8, 8],
    [
      "version 2, limited",
      { ...version2, "sys/fs/cgroup/system.slice/app.service/cpu.max": "200000 100000\n" },
      8,
      2,
    ],
    ["version 2, limited at the mount", { ...version2, "sys/fs/cgroup/cpu.max": "300000 100000\n" }, 8, 3],
    [
      "version 2, limited more by its parent",
      {
        ...version2,
        "sys/fs/cgroup/system.slice/cpu.max": "100000 100000\n",
        "sys/fs/cgroup/system.slice/app.service/cpu.max": "400000 100000\n",
      },
      8,
      1,
    ],
    ["part of a processor counts as one", { ...version2, "sys/fs/cgroup/cpu.max": "50000 100000\n" }, 8, 1],
    ["one and a half count as two", { ...version2, "sys/fs/cgroup/cpu.max": "150000 100000\n" }, 8, 2],
    ["never more than the machine has", { ...version2, "sys/fs/cgroup/cpu.max": "900000 100000\n" }, 4, 4],
    [
      "version 1, limited",
      {
        ...version1,
        "sys/fs/cgroup/cpu,cpuacct/docker/1/cpu.cfs_quota_us": "250000\n",
        "sys/fs/cgroup/cpu,cpuacct/docker/1/cpu.cfs_period_us": "100000\n",
      },
      8,
      3,
    ],
    [
      "version 1, without a limit",
      {
        ...version1,
        "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
        "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
      },
      8,
      8,
    ],
    ["nonsense in the files", { ...version2, "sys/fs/cgroup/cpu.max": "\n" }, 8, 8],
  ])("%s", (_what, files, machine, expected) => {
    expect(availableProcessors(makeFolder(files), machine)).toBe(expected);
  });
});
