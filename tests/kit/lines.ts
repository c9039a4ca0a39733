import { waitUntil } from "./wait_until.ts";

/** What a background process has printed so far, and what it prints next. */
export interface LineReader {
  /** The next whole line, in order; fails at the deadline or when the stream ends without one. */
  next(deadlineMs?: number): Promise<string>;
  /** Skips lines until one matches. */
  until(pattern: RegExp, deadlineMs?: number): Promise<string>;
  /** All of it so far, taken or not. */
  text(): string;
  /** The stream's end. */
  readonly end: Promise<void>;
}

/** Reads a stream to its end, whether or not anybody asks, so that the process never blocks on a full pipe. */
export function readLines(stream: ReadableStream<Uint8Array>): LineReader {
  let text = "";
  let taken = 0;
  let ended = false;
  const end = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) text += decoder.decode(chunk, { stream: true });
    text += decoder.decode();
    ended = true;
  })();
  const take = (): string | undefined => {
    const stop = text.indexOf("\n", taken);
    if (stop === -1) return undefined;
    const line = text.slice(taken, stop);
    taken = stop + 1;
    return line;
  };
  const next = async (deadlineMs?: number): Promise<string> => {
    const found = await waitUntil("a line of output", () => {
      const line = take();
      if (line !== undefined) return { line };
      if (ended) throw new Error(`the output ended: ${JSON.stringify(text)}`);
      return undefined;
    }, { everyMs: 2, ...(deadlineMs === undefined ? {} : { deadlineMs }) });
    return found.line;
  };
  return {
    next,
    until: async (pattern, deadlineMs) => {
      for (;;) {
        const line = await next(deadlineMs);
        if (pattern.test(line)) return line;
      }
    },
    text: () => text,
    end,
  };
}
