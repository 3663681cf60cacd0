import type { Writable } from "node:stream";

import { DescriptorOutput } from "./descriptor-output.ts";
import type { LogOutput, LogOutputOptions } from "./log-output.ts";
import { StreamOutput } from "./stream-output.ts";

/**
 * Opens a log.
 *
 * @param target `-` for a standard stream, a path (appended to, made with mode 0640), or a stream
 * @param standard the descriptor that `-` means
 * @throws HighballError LOG_FILE_UNUSABLE
 */
export function openLogOutput(
  target: string | Writable,
  standard: 1 | 2,
  options: LogOutputOptions,
): LogOutput {
  if (typeof target !== "string") {
    return new StreamOutput(target, options);
  }
  // Containers name these; where they are sockets (under systemd) they cannot be opened again.
  const descriptor = { "-": standard, "/dev/stdout": 1, "/dev/stderr": 2 }[target];
  return new DescriptorOutput(descriptor ?? null, target, options);
}
