// deno-lint-ignore-file no-control-regex -- escape sequences are what this file takes out

/** Escape sequences over bytes as Latin-1. C1 controls are left alone: as bytes they are parts of UTF-8 characters. */
const NOISE =
  /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r+(?=\n)/g;

/** A sequence that has begun and not ended. */
const UNFINISHED = /\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?|[ -/]*)?$/;

/** No sequence is held back beyond this: a program that opens one and never closes it must not silence its log. */
const LONGEST_SEQUENCE = 4096;

/** Bytes as text of one character each, so that indexes into the text are indexes into the bytes. */
export function latin1(bytes: Uint8Array): string {
  return LATIN1.decode(bytes);
}

const LATIN1 = new TextDecoder("latin1");

/** How many of these bytes can be shown now: the rest is the beginning of a character or of an escape sequence. */
export function safeEnd(bytes: Uint8Array): number {
  const from = Math.max(0, bytes.length - LONGEST_SEQUENCE);
  const text = latin1(bytes.subarray(from));
  const cut = UNFINISHED.exec(text);
  let end = cut === null ? bytes.length : from + cut.index;
  // A carriage return may be the first half of a line end.
  if (end > 0 && bytes[end - 1] === 0x0d) end--;
  for (let back = 1; back <= 3 && back <= end; back++) {
    const byte = bytes[end - back] ?? 0;
    if (byte < 0x80) break;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? end - back : end;
  }
  return end;
}

/** Output without escapes and controls, and where each of its bytes came from. */
export interface Stripped {
  readonly text: string;
  /** The offset into the bytes given of the character at this index of `text`. */
  rawOffset(index: number): number;
}

/** Takes escapes and controls out; carriage returns that stand alone become line ends, as redraws would glue lines together. */
export function strip(bytes: Uint8Array): Stripped {
  const source = latin1(bytes);
  const kept = new Uint8Array(bytes.length);
  /** Pairs: an index into `kept`, and the index into `bytes` it came from. */
  const starts: number[] = [];
  let length = 0;
  let at = 0;
  const keep = (end: number): void => {
    if (end <= at) return;
    starts.push(length, at);
    kept.set(bytes.subarray(at, end), length);
    length += end - at;
  };
  for (const match of source.matchAll(NOISE)) {
    keep(match.index);
    at = match.index + match[0].length;
  }
  keep(bytes.length);
  for (let i = 0; i < length; i++) if (kept[i] === 0x0d) kept[i] = 0x0a;
  const text = new TextDecoder().decode(kept.subarray(0, length));
  return {
    text,
    rawOffset: (index) => {
      const byte = Math.min(length, new TextEncoder().encode(text.slice(0, index)).length);
      if (byte === 0) return starts[1] ?? 0;
      let pair = starts.length - 2;
      // The end of a piece belongs to that piece: what was taken out behind a match is not part of it.
      while (pair > 0 && (starts[pair] ?? 0) >= byte) pair -= 2;
      return (starts[pair + 1] ?? 0) + byte - (starts[pair] ?? 0);
    },
  };
}
