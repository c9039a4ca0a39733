import { join } from "node:path";
import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import type { Lock } from "../os/lock.ts";
import type { Context } from "../profile/profile.ts";
import { readAttachedInput } from "./attach_input.ts";
import { noteEvent } from "./events.ts";
import { FILES, generationDir } from "./layout.ts";
import { openLog, readLog } from "./log.ts";
import { newModes, scanModes, undoModes } from "./modes.ts";
import { handBack, newQueryFilter, paint, withoutQueries } from "./paint.ts";
import { readSession } from "./read.ts";
import { resize, type Size, sizeOf } from "./resize.ts";
import { isAlive, type SessionRef, type SessionState } from "./schema.ts";
import { readScreen } from "./screen.ts";
import { latin1 } from "./strip.ts";
import { joinViewers, liveViewers, type Place, viewersDir } from "./viewers.ts";

/** How a session is attached to. */
export interface AttachOptions {
  /** Types nothing, never sets the size, answers no query. */
  readonly readOnly: boolean;
  readonly signal: AbortSignal;
}

/** Why a viewer left. */
export type Left =
  /** Its keys, or `detach`, or nobody reads its output any more. */
  | { readonly why: "detached" }
  | { readonly why: "ended"; readonly state: SessionState };

const BLOCK = 64 * 1024;
/** A viewer that is further behind gets the screen as it is now, not all that led to it. */
const BEHIND_MAX = 4 * 1024 * 1024;
/** The slow look behind the events, and without any. */
const LOOK_MS = 1_000;
const LOOK_WITHOUT_EVENTS_MS = 30;
/** A terminal that was stopped may never take the last bytes. */
const HAND_BACK_MS = 500;

/**
 * Shows a session on this terminal and types what is typed here into it, until it ends, Ctrl-\ is pressed twice, or `detach` is
 * called. The session never notices that a viewer dies: it reads a pipe, and the viewer reads a file. Whatever happens, the terminal
 * is given back as it was.
 */
export async function attach(ctx: Context, ref: SessionRef, options: AttachOptions): Promise<Result<Left>> {
  const { state } = await readSession(ctx, ref);
  if (!isAlive(state)) {
    return fail("conflict", `attach to "${ref.id}"`, `it is ${state.kind}`, { hint: `looop log ${ref.id}` });
  }
  const order = detachOrder(ctx, ref);
  const place = joinViewers(ctx, ref, viewerOf(ctx, options));
  if (!place.ok) return place;
  const viewer = new AttachedViewer(ctx, ref, { place: place.value, readOnly: options.readOnly, order });
  return await viewer.show(options.signal);
}

/** What tells one order to leave from the next. */
function detachOrder(ctx: Context, ref: SessionRef): string {
  const stamp = ctx.os.files.stat(join(generationDir(ctx.profile.paths, ref), FILES.detach));
  return stamp.ok ? `${stamp.value.ino} ${stamp.value.mtimeMs}` : "";
}

function viewerOf(ctx: Context, { readOnly }: { readonly readOnly: boolean }) {
  const { columns, rows } = ctx.os.terminal.size();
  return ctx.os.terminal.stdoutIsTerminal ? { read_only: readOnly, columns, rows } : { read_only: true };
}

/** One viewer, from its first picture to its last. */
class AttachedViewer {
  readonly #ctx: Context;
  readonly #ref: SessionRef;
  readonly #place: Place;
  readonly #readOnly: boolean;
  readonly #order: string;
  readonly #queries = newQueryFilter();
  readonly #leaving = new AbortController();
  /** What this terminal has been switched to by what was written to it. */
  #modes = newModes();
  #bell = new AbortController();
  /** Held while this terminal answers what the program asks. */
  #answering: Lock | undefined;
  #newest = false;
  #size: Size | undefined;
  #at = 0;
  #repaint = true;
  #painted = false;
  #look = true;

  constructor(
    ctx: Context,
    ref: SessionRef,
    as: { readonly place: Place; readonly readOnly: boolean; readonly order: string },
  ) {
    this.#ctx = ctx;
    this.#ref = ref;
    this.#place = as.place;
    this.#readOnly = as.readOnly;
    this.#order = as.order;
  }

  async show(signal: AbortSignal): Promise<Result<Left>> {
    const { os, profile } = this.#ctx;
    const { terminal } = os;
    const dir = generationDir(profile.paths, this.#ref);
    const log = join(dir, FILES.log);
    const watch = os.watches.open([dir, viewersDir(this.#ctx, this.#ref), profile.paths.ends], (paths) => {
      if (!paths.every((path) => path === log)) {
        this.#look = true;
        // Seen to here as well: the loop may be waiting for a terminal that takes nothing.
        if (detachOrder(this.#ctx, this.#ref) !== this.#order) this.#leave();
      }
      this.#bell.abort();
    });
    const interrupted = (): void => this.#leave();
    signal.addEventListener("abort", interrupted);
    const raw = terminal.stdinIsTerminal;
    const stopSignals = os.processes.onSignal(["SIGWINCH", "SIGCONT"], (which) => {
      if (which === "SIGWINCH") this.#terminalResized();
      else if (raw) this.#cameBack();
    });
    if (raw) terminal.setRaw(true);
    noteEvent(this.#ctx, this.#ref, { event: "attach" });
    try {
      if (raw) {
        void readAttachedInput(this.#ctx, this.#ref, {
          readOnly: this.#readOnly,
          left: this.#leaving.signal,
          onDetach: () => this.#leave(),
        });
      }
      const left = await this.#follow(watch.lost ? LOOK_WITHOUT_EVENTS_MS : LOOK_MS);
      return signal.aborted ? fail("interrupted", `go on showing "${this.#ref.id}"`, "it was interrupted") : left;
    } finally {
      this.#leave();
      watch.close();
      stopSignals();
      signal.removeEventListener("abort", interrupted);
      // First of all the keyboard: what comes after may fail.
      if (raw) terminal.setRaw(false);
      // Noted before the lock goes: the pulse, which answers from then on, must not answer again what was answered here.
      noteEvent(this.#ctx, this.#ref, { event: "detach", answered: this.#answering !== undefined });
      this.#answering?.release();
      this.#place.leave();
      if (this.#painted && terminal.stdoutIsTerminal) {
        await Promise.race([
          terminal.pourOut(new TextEncoder().encode(handBack(this.#modes))),
          os.clock.sleep(HAND_BACK_MS),
        ]);
      }
    }
  }

  async #follow(everyMs: number): Promise<Result<Left>> {
    const { clock } = this.#ctx.os;
    while (!this.#leaving.signal.aborted) {
      this.#bell = new AbortController();
      let over: SessionState | undefined;
      if (this.#look) {
        this.#look = false;
        // The state first: what was written before the end was seen is then surely shown.
        const { state } = await readSession(this.#ctx, this.#ref);
        if (!isAlive(state)) over = state;
        else await this.#settle();
      }
      const shown = await this.#showNew();
      if (!shown.ok) return shown;
      if (shown.value === "closed") return ok({ why: "detached" });
      if (over !== undefined) return ok({ why: "ended", state: over });
      if (this.#leaving.signal.aborted) break;
      const from = clock.ticks();
      await clock.sleep(everyMs, AbortSignal.any([this.#bell.signal, this.#leaving.signal]));
      if (clock.ticks() - from >= everyMs) this.#look = true;
    }
    return ok({ why: "detached" });
  }

  /** Takes the parts that fall to this viewer as others come and go: who came last sets the size, one answers queries. */
  async #settle(): Promise<void> {
    if (detachOrder(this.#ctx, this.#ref) !== this.#order) return this.#leave();
    const writers = liveViewers(this.#ctx, this.#ref).filter((viewer) => !viewer.read_only);
    const newest = writers.at(-1)?.number === this.#place.number;
    if (newest && !this.#newest) await this.#applySize();
    this.#newest = newest;
    const size = sizeOf(this.#ctx, this.#ref);
    // Who has set the size sees the program draw anew; for others the old picture is of another shape.
    if (!newest && this.#size !== undefined && !sameSize(size, this.#size)) this.#repaint = true;
    this.#size = size;
    if (this.#readOnly || this.#answering !== undefined) return;
    const lock = join(generationDir(this.#ctx.profile.paths, this.#ref), FILES.attach);
    if (!this.#ctx.os.locks.isHeld(lock)) this.#answering = this.#ctx.os.locks.tryAcquire(lock);
  }

  async #applySize(): Promise<void> {
    const { terminal } = this.#ctx.os;
    if (this.#readOnly || !terminal.stdoutIsTerminal) return;
    const size = terminal.size();
    if (sameSize(size, sizeOf(this.#ctx, this.#ref))) return;
    // A session that is starting or ending has no size to set; the picture shows what it has.
    await resize(this.#ctx, this.#ref, size);
  }

  #terminalResized(): void {
    this.#place.update(viewerOf(this.#ctx, { readOnly: this.#readOnly }));
    if (this.#newest) void this.#applySize().then(() => this.#size = sizeOf(this.#ctx, this.#ref));
    else this.#paintAnew();
  }

  /** Stopped from outside and let go on: the shell has had the terminal meanwhile. */
  #cameBack(): void {
    this.#ctx.os.terminal.setRaw(true);
    this.#paintAnew();
  }

  #paintAnew(): void {
    this.#repaint = true;
    this.#bell.abort();
  }

  async #showNew(): Promise<Result<"shown" | "closed">> {
    while (!this.#leaving.signal.aborted) {
      const log = openLog(this.#ctx, this.#ref);
      if (!log.ok) return log;
      const { head, end } = log.value;
      let bytes: Uint8Array;
      if (this.#repaint || this.#at < head || end - this.#at > BEHIND_MAX) {
        const painted = await this.#paint();
        if (!painted.ok) return painted;
        bytes = painted.value;
      } else {
        if (this.#at >= end) return ok("shown");
        const block = readLog(this.#ctx, log.value, this.#at, BLOCK);
        if (!block.ok) return block;
        this.#at = block.value.offset + block.value.bytes.length;
        bytes = this.#answering === undefined ? withoutQueries(this.#queries, block.value.bytes) : block.value.bytes;
        scanModes(this.#modes, latin1(bytes));
      }
      const written = await Promise.race([this.#ctx.os.terminal.pourOut(bytes), aborted(this.#leaving.signal)]);
      if (written !== "written") return ok("closed");
    }
    return ok("shown");
  }

  async #paint(): Promise<Result<Uint8Array>> {
    this.#repaint = false;
    const screen = await readScreen(this.#ctx, this.#ref);
    if (!screen.ok) return screen;
    const { terminal } = this.#ctx.os;
    const scroll = this.#painted || !terminal.stdoutIsTerminal ? 0 : terminal.size().rows;
    const undo = this.#painted ? undoModes(this.#modes) : "";
    this.#painted = true;
    this.#at = screen.value.offset;
    this.#modes = screen.value.modes;
    this.#queries.carry = new Uint8Array();
    return ok(new TextEncoder().encode(paint(screen.value, { undo, scroll })));
  }

  #leave(): void {
    this.#leaving.abort();
    this.#bell.abort();
  }
}

function sameSize(a: Size, b: Size): boolean {
  return a.columns === b.columns && a.rows === b.rows;
}

function aborted(signal: AbortSignal): Promise<"left"> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve("left");
    else signal.addEventListener("abort", () => resolve("left"), { once: true });
  });
}
