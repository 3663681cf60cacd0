/** Where Highball's own messages go; what the application prints never passes here. */
export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warning(message: string): void;
  error(message: string): void;
}

export type LogLevel = "debug" | "info" | "warning" | "error" | "critical";
