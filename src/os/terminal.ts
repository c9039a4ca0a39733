/** Standard input, output and error of this process. */
export interface Terminal {
  readonly stdinIsTerminal: boolean;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Columns and rows of the terminal, 100x30 when there is none. */
  size(): { readonly columns: number; readonly rows: number };
  /**
   * Writes all of it to stdout, and never throws. `closed` when the reader went away, which is not our error; `failed` when it could
   * not be written for another reason (a full disk).
   */
  writeOut(text: string | Uint8Array): Written;
  /** The same without holding up anything else: a terminal that was stopped, or a slow line, may take it late or never. */
  pourOut(bytes: Uint8Array): Promise<Written>;
  /** Writes to stderr; a closed one is ignored. */
  writeErr(text: string | Uint8Array): void;
  /** All of stdin as bytes, at most `maxBytes`, giving up after `firstByteMs` without a single byte. */
  readIn(limits: { readonly maxBytes: number; readonly firstByteMs: number }): Promise<StdinRead>;
  /** Puts the terminal into raw mode or back. */
  setRaw(on: boolean): void;
  /** The next bytes typed; undefined at the end of input. */
  readSome(): Promise<Uint8Array | undefined>;
}

/** What became of a write. */
export type Written = "written" | "closed" | "failed";

/** What reading a body from stdin gave. */
export type StdinRead =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "silent" }
  | { readonly kind: "too_large" };

/** The real terminal. */
export function realTerminal(): Terminal {
  return {
    stdinIsTerminal: Deno.stdin.isTerminal(),
    stdoutIsTerminal: Deno.stdout.isTerminal(),
    stderrIsTerminal: Deno.stderr.isTerminal(),
    size,
    writeOut: (text) => writeAll(Deno.stdout, text),
    pourOut,
    writeErr: (text) => void writeAll(Deno.stderr, text),
    readIn,
    setRaw: (on) => Deno.stdin.setRaw(on),
    readSome,
  };
}

/** What is taken where the terminal does not say its size, or says 0, as serial lines and terminals without a window do. */
const UNKNOWN = { columns: 100, rows: 30 };

function size(): { columns: number; rows: number } {
  try {
    const { columns, rows } = Deno.consoleSize();
    return { columns: columns || UNKNOWN.columns, rows: rows || UNKNOWN.rows };
  } catch {
    return UNKNOWN;
  }
}

function writeAll(to: { writeSync(bytes: Uint8Array): number }, text: string | Uint8Array): Written {
  let rest = typeof text === "string" ? new TextEncoder().encode(text) : text;
  try {
    while (rest.length > 0) {
      try {
        rest = rest.subarray(to.writeSync(rest));
      } catch (error) {
        // A pipe that another program left non-blocking: give the reader a moment instead of losing the tail.
        if (!(error instanceof Deno.errors.WouldBlock)) throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
      }
    }
    return "written";
  } catch (error) {
    return unwritten(error);
  }
}

function unwritten(error: unknown): Written {
  return error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.BadResource ? "closed" : "failed";
}

async function pourOut(bytes: Uint8Array): Promise<Written> {
  try {
    for (let rest = bytes; rest.length > 0;) {
      try {
        rest = rest.subarray(await Deno.stdout.write(rest));
      } catch (error) {
        if (!(error instanceof Deno.errors.WouldBlock)) throw error;
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    }
    return "written";
  } catch (error) {
    return unwritten(error);
  }
}

async function readIn(limits: { readonly maxBytes: number; readonly firstByteMs: number }): Promise<StdinRead> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silent = new Promise<"silent">((resolve) => {
    timer = setTimeout(() => resolve("silent"), limits.firstByteMs);
  });
  try {
    let next = await Promise.race([readSome(), silent]);
    if (next === "silent") return { kind: "silent" };
    while (next !== undefined) {
      total += next.length;
      if (total > limits.maxBytes) return { kind: "too_large" };
      chunks.push(next);
      next = await readSome();
    }
  } finally {
    clearTimeout(timer);
  }
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return { kind: "bytes", bytes };
}

async function readSome(): Promise<Uint8Array | undefined> {
  const buffer = new Uint8Array(65_536);
  const n = await Deno.stdin.read(buffer);
  return n === null ? undefined : buffer.subarray(0, n);
}
