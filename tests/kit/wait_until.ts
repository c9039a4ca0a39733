/** How long a test waits for a fact before it fails: far beyond what is normal, so that a busy machine fails no test. */
export const DEADLINE_MS = 20_000;

/**
 * Waits until `probe` answers something other than undefined, null or false, and returns that. Looks again every few milliseconds:
 * a fact is waited for, never a span. Fails at the deadline, naming `what`.
 */
export async function waitUntil<T>(
  what: string,
  probe: () => T | undefined | null | false | Promise<T | undefined | null | false>,
  options: { readonly deadlineMs?: number; readonly everyMs?: number } = {},
): Promise<T> {
  const end = performance.now() + (options.deadlineMs ?? DEADLINE_MS);
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== null && found !== false) return found;
    if (performance.now() > end) throw new Error(`Not within the deadline: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, options.everyMs ?? 10));
  }
}
