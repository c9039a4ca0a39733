import { no, ok, type Outcome } from "../base/result.ts";
import { type OsFailure, osFailure } from "./sys.ts";

/** The write end of a named pipe, never blocking. */
export interface FifoWriter {
  /** How many bytes went in: 0 when the pipe is full just now, or nobody reads any more (`closed`). */
  write(bytes: Uint8Array): Outcome<number | "closed", OsFailure>;
  close(): void;
}

/** Named pipes, opened so that a dead other end is told at once and never waited for. */
export interface Fifos {
  /** The write end; undefined when nobody reads. A failure when there is no pipe at the path, or it is not one. */
  openWriter(path: string): Promise<Outcome<FifoWriter | undefined, OsFailure>>;
  /** Whether some process holds the write end open. */
  hasWriter(path: string): Promise<Outcome<boolean, OsFailure>>;
  /**
   * `gone` resolves when the last writer is. Holds one of the runtime's few blocking threads until then: only for a verb that serves
   * a handful of pipes. What comes out of the pipe meanwhile is thrown away. Undefined when there is no writer to begin with.
   */
  untilWritersGone(path: string): Promise<{ readonly gone: Promise<void> } | undefined>;
}

/** The machine's named pipes. `node:fs` is loaded at the first use: most verbs never touch a pipe, and it costs their start-up. */
export function realFifos(): Fifos {
  return { openWriter, hasWriter, untilWritersGone };
}

async function openWriter(path: string): Promise<Outcome<FifoWriter | undefined, OsFailure>> {
  const fs = await import("node:fs");
  let fd: number;
  try {
    if (!fs.lstatSync(path).isFIFO()) return no({ code: "not_regular", path, message: "it is not a named pipe" });
    fd = fs.openSync(path, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK);
  } catch (error) {
    if (errorCode(error) === "ENXIO") return ok(undefined);
    return no(osFailure(path, error));
  }
  return ok({
    write: (bytes) => {
      try {
        return ok(fs.writeSync(fd, bytes));
      } catch (error) {
        const code = errorCode(error);
        if (code === "EAGAIN") return ok(0);
        return code === "EPIPE" ? ok("closed") : no(osFailure(path, error));
      }
    },
    close: () => fs.closeSync(fd),
  });
}

async function hasWriter(path: string): Promise<Outcome<boolean, OsFailure>> {
  const fs = await import("node:fs");
  let fd: number;
  try {
    fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  } catch (error) {
    return no(osFailure(path, error));
  }
  try {
    fs.readSync(fd, new Uint8Array(1));
    return ok(false); // end of file: nobody could ever write
  } catch (error) {
    if (errorCode(error) === "EAGAIN") return ok(true);
    return no(osFailure(path, error));
  } finally {
    fs.closeSync(fd);
  }
}

async function untilWritersGone(path: string): Promise<{ readonly gone: Promise<void> } | undefined> {
  const alive = await hasWriter(path);
  if (!alive.ok || !alive.value) return undefined;
  return { gone: drain(path) };
}

async function drain(path: string): Promise<void> {
  // The writer may go in the instant before this open, which then waits for ever: callers look again by themselves now and then.
  const file = await Deno.open(path, { read: true });
  try {
    const buffer = new Uint8Array(4096);
    while (await file.read(buffer) !== null);
  } finally {
    file.close();
  }
}

function errorCode(error: unknown): string | undefined {
  return error instanceof Error ? (error as { code?: string }).code : undefined;
}
