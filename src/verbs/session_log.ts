import { ok } from "../base/result.ts";
import type { Result } from "../failure.ts";
import { sessionOf } from "../moves/worker_kill.ts";
import { followLog, type FollowOptions, type Piece } from "../sessions/follow.ts";
import type { SessionRef } from "../sessions/schema.ts";
import { strip } from "../sessions/strip.ts";
import type { Call } from "./verb.ts";

/** A piece of output as `log` gives it. */
export interface LogOutput {
  readonly id: string;
  readonly text: string;
  readonly offset: number;
  readonly done: boolean;
  /** As the terminal got it: asked for with `--raw`. */
  readonly bytes?: Uint8Array | undefined;
}

/** What is shown of the output, and how. */
export interface LogOptions extends FollowOptions {
  readonly grep?: RegExp | undefined;
  readonly raw: boolean;
}

/** The output of one or several sessions; of several each line says whose it is. */
export async function* sessionLogs(
  call: Call,
  ids: readonly string[],
  options: LogOptions,
): AsyncIterable<Result<LogOutput>> {
  const refs: SessionRef[] = [];
  for (const id of ids) {
    const found = sessionOf(call.context, id, "show the log of");
    if (!found.ok) return yield found;
    refs.push(found.value);
  }
  const several = refs.length > 1;
  const width = Math.max(...refs.map(({ id }) => id.length));
  const carried = new Map<string, string>();
  for await (const piece of merged(refs.map((ref) => followLog(call.context, ref, options)))) {
    if (!piece.ok) return yield piece;
    const { id, bytes, offset, done } = piece.value;
    if (options.raw && !several && options.grep === undefined) {
      yield ok({ id, text: strip(bytes).text, offset, done, bytes });
      continue;
    }
    const text = options.raw ? new TextDecoder().decode(bytes) : strip(bytes).text;
    if (!several && options.grep === undefined) {
      yield ok({ id, text, offset, done });
      continue;
    }
    // Whole lines only: a match must not depend on where a read ended, nor lines of two sessions mix.
    const lines = `${carried.get(id) ?? ""}${text}`.split("\n");
    carried.set(id, lines.pop() ?? "");
    const shown = linesOf(lines, options.grep, several ? `${id.padEnd(width)} | ` : "");
    if (shown !== "") yield ok({ id, text: shown, offset, done });
  }
  for (const [id, rest] of carried) {
    const shown = rest === "" ? "" : linesOf([rest], options.grep, several ? `${id.padEnd(width)} | ` : "");
    if (shown !== "") yield ok({ id, text: shown, offset: 0, done: true });
  }
}

function linesOf(lines: readonly string[], grep: RegExp | undefined, prefix: string): string {
  return lines.filter((line) => grep === undefined || grep.test(line)).map((line) => `${prefix}${line}\n`).join("");
}

/** What several sources give, in the order in which it comes. */
async function* merged(sources: readonly AsyncIterable<Result<Piece>>[]): AsyncIterable<Result<Piece>> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  const pending = new Map(iterators.map((iterator, n) => [n, next(iterator, n)]));
  while (pending.size > 0) {
    const { n, result } = await Promise.race(pending.values());
    const iterator = iterators[n];
    if (result.done === true || iterator === undefined) pending.delete(n);
    else {
      pending.set(n, next(iterator, n));
      yield result.value;
    }
  }
}

async function next(
  iterator: AsyncIterator<Result<Piece>>,
  n: number,
): Promise<{ readonly n: number; readonly result: IteratorResult<Result<Piece>> }> {
  return { n, result: await iterator.next() };
}
