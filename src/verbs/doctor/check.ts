/** One thing that was looked at. A failure keeps looop from working, a warning says what will bite later. */
export interface Check {
  readonly name: string;
  readonly state: "ok" | "warn" | "fail";
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** What there is of something, by what it is called: shown below the message. */
  readonly lists?: Readonly<Record<string, readonly string[]>>;
}

/** All is well. */
export function fine(name: string, message: string): Check {
  return { name, state: "ok", message };
}

/** It works, and something should be done. */
export function warn(name: string, message: string, hint?: string): Check {
  return { name, state: "warn", message, ...(hint === undefined ? {} : { hint }) };
}

/** It does not work. */
export function bad(name: string, message: string, hint?: string): Check {
  return { name, state: "fail", message, ...(hint === undefined ? {} : { hint }) };
}

/** `one, two, three and 4 more`. */
export function some(names: readonly string[], most = 5): string {
  const more = names.length - most;
  return more > 0 ? `${names.slice(0, most).join(", ")} and ${more} more` : names.join(", ");
}
