import type { StdinRead, Terminal } from "../../src/os/terminal.ts";

/** A terminal that keeps what is written to it. */
export interface CapturedTerminal extends Terminal {
  /** All of stdout and stderr so far, as text. */
  out(): string;
  err(): string;
}

/** What a test's terminal is like: nothing is one by default, stdin is empty. */
export interface TerminalOptions {
  readonly stdin?: string | Uint8Array | StdinRead;
  readonly stdinIsTerminal?: boolean;
  readonly stdoutIsTerminal?: boolean;
  /** The reader of stdout went away, or what it goes to is full. */
  readonly out?: "closed" | "failed";
}

/** Makes one. */
export function captureTerminal(options: TerminalOptions = {}): CapturedTerminal {
  const out: Uint8Array[] = [];
  const err: Uint8Array[] = [];
  return {
    stdinIsTerminal: options.stdinIsTerminal === true,
    stdoutIsTerminal: options.stdoutIsTerminal === true,
    stderrIsTerminal: false,
    size: () => ({ columns: 100, rows: 30 }),
    writeOut: (data) => {
      if (options.out !== undefined) return options.out;
      out.push(bytesOf(data));
      return "written";
    },
    pourOut: (data) => {
      if (options.out !== undefined) return Promise.resolve(options.out);
      out.push(bytesOf(data));
      return Promise.resolve("written");
    },
    writeErr: (data) => void err.push(bytesOf(data)),
    readIn: ({ maxBytes }) => Promise.resolve(readOf(options.stdin, maxBytes)),
    setRaw: () => {},
    readSome: () => Promise.resolve(undefined),
    out: () => textOf(out),
    err: () => textOf(err),
  };
}

function readOf(stdin: TerminalOptions["stdin"], maxBytes: number): StdinRead {
  if (stdin !== undefined && typeof stdin === "object" && "kind" in stdin) return stdin;
  const bytes = bytesOf(stdin ?? "");
  return bytes.length > maxBytes ? { kind: "too_large" } : { kind: "bytes", bytes };
}

function bytesOf(data: string | Uint8Array): Uint8Array {
  return typeof data === "string" ? new TextEncoder().encode(data) : data;
}

function textOf(chunks: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("") + decoder.decode();
}
