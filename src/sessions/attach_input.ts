import type { Context } from "../profile/profile.ts";
import { type Filtered, filterKeys, flushKeys, newDetachFilter, PARTIAL_MS } from "./detach_keys.ts";
import { writeInput } from "./input.ts";
import type { SessionRef } from "./schema.ts";

/** Whose input is read, and until when. */
export interface AttachedInput {
  /** Nothing is typed into the session; the keys that leave still do, and Ctrl-C with them. */
  readonly readOnly: boolean;
  /** Aborted when the viewer has left: what is typed from then on is not for the session. */
  readonly left: AbortSignal;
  onDetach(): void;
}

/** Input that a program does not read is not collected for ever. */
const WAITING_MAX = 1024 * 1024;

/**
 * Types what is typed at this terminal into a session, in order, until the keys that leave are pressed or the input ends. A program
 * that does not read holds up its input alone: the keys that leave are seen all the same.
 */
export async function readAttachedInput(ctx: Context, ref: SessionRef, input: AttachedInput): Promise<void> {
  const { terminal, clock } = ctx.os;
  const filter = newDetachFilter(input.readOnly);
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  const act = ({ forward, detach }: Filtered): void => {
    if (forward !== "" && !input.readOnly) {
      const bytes = Uint8Array.from(forward, (char) => char.charCodeAt(0));
      if (waiting + bytes.length > WAITING_MAX) terminal.writeErr("\x07");
      else {
        waiting += bytes.length;
        // A failure is the end of the session, which the output tells, or a program that reads nothing: the bell says so.
        last = last.then(() => writeInput(ctx, ref, bytes)).then((sent) => {
          waiting -= bytes.length;
          if (!sent.ok && !input.left.aborted) terminal.writeErr("\x07");
        });
      }
    }
    if (detach) input.onDetach();
  };
  let next = terminal.readSome();
  while (!input.left.aborted) {
    const bytes = filter.partial === ""
      ? await next
      : await Promise.race([next, clock.sleep(PARTIAL_MS).then(() => "late" as const)]);
    if (input.left.aborted) return;
    if (bytes === "late") {
      act(flushKeys(filter));
      continue;
    }
    if (bytes === undefined) return input.onDetach(); // the terminal is gone
    act(filterKeys(filter, textOfBytes(bytes)));
    next = terminal.readSome();
  }
}

/** One character a byte. Not a decoder's Latin-1, which gives 0x80 to 0x9f other characters: these go back to bytes. */
function textOfBytes(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
}
