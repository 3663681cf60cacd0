import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";

/**
 * Processors that this process may use, at least 1: those of the machine (or of the affinity mask),
 * within the time that a container's control group allows. 1.5 processors count as 2.
 *
 * @param root where `/proc` and `/sys` are; tests have their own.
 */
export function availableProcessors(root = "/", machine: number = availableParallelism()): number {
  const quota = processorQuota(root);
  return Math.max(1, Math.min(machine, Math.ceil(quota)));
}

/** Processors' worth of time that control groups allow; Infinity without a limit. */
function processorQuota(root: string): number {
  let quota = Infinity;
  // proc(5) /proc/pid/cgroup: lines of hierarchy-ID:controller-list:cgroup-path.
  for (const line of readText(join(root, "proc/self/cgroup"))?.split("\n") ?? []) {
    const [, hierarchy = "", controllers = "", path = "/"] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    if (hierarchy === "0" && controllers === "") {
      quota = Math.min(quota, smallest(join(root, "sys/fs/cgroup"), path, quotaOfVersion2));
    } else if (controllers.split(",").includes("cpu")) {
      for (const mount of ["cpu", "cpu,cpuacct"]) {
        quota = Math.min(quota, smallest(join(root, "sys/fs/cgroup", mount), path, quotaOfVersion1));
      }
    }
  }
  return quota;
}

/**
 * The smallest quota on the way from a group to the mount: a parent limits its children. In a
 * container the path is often the host's, and only the mount itself is there.
 */
function smallest(mount: string, path: string, quotaOf: (folder: string) => number): number {
  let quota = quotaOf(mount);
  for (let group = path; group !== "/" && group !== "." && group !== ""; group = dirname(group)) {
    quota = Math.min(quota, quotaOf(join(mount, group)));
  }
  return quota;
}

/** cgroup v2: `cpu.max` holds `$MAX $PERIOD` in microseconds, or `max $PERIOD`. */
function quotaOfVersion2(folder: string): number {
  const [most, period] = readText(join(folder, "cpu.max"))?.trim().split(" ") ?? [];
  return ratio(most, period);
}

/** cgroup v1: `cpu.cfs_quota_us` is -1 without a limit. */
function quotaOfVersion1(folder: string): number {
  return ratio(
    readText(join(folder, "cpu.cfs_quota_us"))?.trim(),
    readText(join(folder, "cpu.cfs_period_us"))?.trim(),
  );
}

function ratio(quota: string | undefined, period: string | undefined): number {
  const value = Number(quota) / Number(period);
  return value > 0 ? value : Infinity;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
