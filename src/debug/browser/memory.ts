/** What this browser remembers, where it lets pages remember at all. */
export function recall(storage: "session" | "local", key: string): string | null {
  try {
    return storageOf(storage).getItem(`highball ${key}`);
  } catch {
    return null;
  }
}

export function remember(storage: "session" | "local", key: string, value: string | null): void {
  try {
    if (value === null) storageOf(storage).removeItem(`highball ${key}`);
    else storageOf(storage).setItem(`highball ${key}`, value);
  } catch {
    // Nothing depends on it.
  }
}

function storageOf(storage: "session" | "local"): Storage {
  return storage === "session" ? sessionStorage : localStorage;
}
