/** What a regular expression matched: where, the whole and its groups. */
export interface Matched {
  /** UTF-16 units from the start of the text. */
  readonly index: number;
  readonly matched: string;
  readonly groups: readonly string[];
}

/** A regular expression that can be stopped while it is at work. */
export interface Matcher {
  /** The first match in `text`, undefined for none, or `stopped` once `signal` aborts; a matcher that was stopped is of no more use. */
  exec(text: string, signal: AbortSignal): Promise<Matched | undefined | "stopped">;
  close(): void;
}

/** Makes matchers. */
export interface Matchers {
  /** For a source that is known to be a regular expression, matched with the flag `m`. */
  open(source: string): Matcher;
}

/** What the thread does. It gets no data but in messages, and needs no grant. */
const THREAD = `let pattern;
onmessage = ({ data }) => {
  pattern ??= new RegExp(data.source, "m");
  const match = pattern.exec(data.text);
  postMessage(match && { index: match.index, texts: [...match].map((text) => text ?? "") });
};`;

/**
 * Matchers on a thread each: some expressions, such as (a+)+b, try ways without end on an unlucky text, and on the thread of the program neither
 * a deadline nor an interrupt would be heard.
 */
export function realMatchers(): Matchers {
  return { open: (source) => matcherOf(source) };
}

function matcherOf(source: string): Matcher {
  const worker = new Worker(`data:text/javascript,${encodeURIComponent(THREAD)}`, { type: "module" });
  return {
    exec: (text, signal) =>
      new Promise((resolve, reject) => {
        const stop = (): void => {
          worker.terminate();
          resolve("stopped");
        };
        if (signal.aborted) return stop();
        signal.addEventListener("abort", stop, { once: true });
        worker.onmessage = ({ data }: MessageEvent<{ index: number; texts: readonly string[] } | null>) => {
          signal.removeEventListener("abort", stop);
          const [matched = "", ...groups] = data?.texts ?? [];
          resolve(data === null ? undefined : { index: data.index, matched, groups });
        };
        worker.onerror = (event) => {
          event.preventDefault();
          reject(new Error(event.message));
        };
        worker.postMessage({ source, text });
      }),
    close: () => worker.terminate(),
  };
}
