import { join } from "node:path";
import type { Context } from "../profile/profile.ts";
import { endName, FILES, generationDir, parseEndName, sessionDir } from "./layout.ts";
import { platformOf, type ProcessRow } from "./platform.ts";
import { isAlive, type SessionRef, type SessionState, type SessionView, type Spec, specSchema } from "./schema.ts";
import { deriveState, type Seen } from "./state.ts";
import { type Kin, type Leader, leaderOf, sealOf, victims } from "./victims.ts";

/** The ends that are already decided: one list of one quiet directory tells them all, without a look at any session. */
export function decidedEnds(ctx: Context): ReadonlyMap<string, SessionState> {
  const listed = ctx.os.files.list(ctx.profile.paths.ends);
  const ends = new Map<string, SessionState>();
  if (!listed.ok) return ends;
  for (const { name } of listed.value) {
    const marker = parseEndName(name);
    if (marker === undefined || marker.how === "gone" || marker.how === "failed") continue;
    ends.set(endName(marker, ""), endedState(marker.how, marker.code));
  }
  return ends;
}

function endedState(how: "exited" | "killed" | "lost" | "reboot", code: number | null): SessionState {
  switch (how) {
    case "exited":
      return { kind: "exited", code: code ?? 0 };
    case "killed":
      return { kind: "killed", code };
    case "lost":
      return { kind: "lost", reason: "terminal gone" };
    case "reboot":
      return { kind: "lost", reason: "reboot" };
  }
}

/** The numbers of a session's generations that are on disk, rising. Empty when there is none, or when that cannot be told. */
export function generationsOf(ctx: Context, id: string): readonly number[] {
  return knownGenerations(ctx, id) ?? [];
}

/** The same for those who start or remove something: undefined when it cannot be told, which is not "none". */
export function knownGenerations(ctx: Context, id: string): readonly number[] | undefined {
  const listed = ctx.os.files.list(sessionDir(ctx.profile.paths, id));
  if (!listed.ok) return listed.failure.code === "absent" ? [] : undefined;
  return listed.value
    .filter(({ name, kind }) => kind === "dir" && /^[1-9][0-9]{0,9}$/.test(name))
    .map(({ name }) => Number(name))
    .sort((a, b) => a - b);
}

/** The newest generation of a session; undefined when it never had one or it was pruned. */
export function newest(ctx: Context, id: string): SessionRef | undefined {
  const generation = generationsOf(ctx, id).at(-1);
  return generation === undefined ? undefined : { id, generation };
}

/** One session as it is now. */
export async function readSession(ctx: Context, ref: SessionRef): Promise<SessionView> {
  const [view] = await readSessions(ctx, [ref]);
  return view ?? { ...ref, state: { kind: "unstarted" }, alive: false };
}

/**
 * Many sessions as they are now, in the order asked for. Decided ends cost nothing; a live session costs a directory list and a
 * probe of its lock; only what neither decides (terminals that vanished) asks the system for its processes, once for all.
 */
export async function readSessions(ctx: Context, refs: readonly SessionRef[]): Promise<readonly SessionView[]> {
  const ends = decidedEnds(ctx);
  const found = new Map<SessionRef, SessionState>();
  const open: { ref: SessionRef; seen: Seen; marked: boolean }[] = [];
  for (const ref of refs) {
    const decided = ends.get(endName(ref, ""));
    if (decided !== undefined) {
      found.set(ref, decided);
      continue;
    }
    const look = await lookAt(ctx, ref);
    if (look.needs) open.push({ ref, seen: look.seen, marked: look.paused });
    else found.set(ref, deriveState(look.seen));
  }
  if (open.length > 0) await probe(ctx, open, found);
  return refs.map((ref) => {
    const state = found.get(ref) ?? { kind: "unstarted" };
    return { ...ref, state, alive: isAlive(state) };
  });
}

interface Look {
  readonly seen: Seen;
  readonly needs: boolean;
  readonly paused: boolean;
}

async function lookAt(ctx: Context, ref: SessionRef): Promise<Look> {
  const first = await lookOnce(ctx, ref);
  // The supervisor takes its lock before it says who it is. Said and not held is the end of one, or a start in between: a second
  // look, which began after the saying, tells.
  return first.seen.sup && !first.seen.held && first.needs ? await lookOnce(ctx, ref) : first;
}

async function lookOnce(ctx: Context, ref: SessionRef): Promise<Look> {
  const dir = generationDir(ctx.profile.paths, ref);
  // The probe comes before the list: what ends in between shows as ended, never as alive without a holder.
  const held = await isHeld(ctx, ref);
  const listed = ctx.os.files.list(dir);
  const names = listed.ok ? listed.value.map(({ name }) => name) : [];
  const has = (name: string): boolean => names.includes(name);
  const code = (prefix: string): number | undefined => {
    const name = names.find((each) => each.startsWith(prefix) && /^[0-9]+$/.test(each.slice(prefix.length)));
    return name === undefined ? undefined : Number(name.slice(prefix.length));
  };
  const seen: Seen = {
    exit: code("exit."),
    killed: code("killed."),
    pty: code("pty."),
    intent: has(FILES.intent),
    spawnError: has(FILES.spawnErr) ? readLine(ctx, join(dir, FILES.spawnErr)) ?? "it was not started" : undefined,
    scriptError: has(FILES.scriptErr) ? readLine(ctx, join(dir, FILES.scriptErr)) : undefined,
    sup: has(FILES.sup),
    launched: has(FILES.launched),
    held,
    stopped: false,
    sameBoot: true,
    processes: 0,
  };
  const paused = has(FILES.paused);
  const ended = (seen.exit ?? seen.killed) !== undefined;
  const alive = held && seen.pty === undefined;
  return { seen, paused, needs: !ended && (alive ? paused : seen.sup || seen.pty !== undefined) };
}

/** Whether the helpers of a generation, its supervisor or script(1), still live. */
export async function isHeld(ctx: Context, ref: SessionRef): Promise<boolean> {
  try {
    return await platformOf(ctx.os).isHeld(ctx.os, generationDir(ctx.profile.paths, ref));
  } catch {
    return false; // the directory went away under our hands
  }
}

async function probe(
  ctx: Context,
  open: readonly { readonly ref: SessionRef; readonly seen: Seen; readonly marked: boolean }[],
  found: Map<SessionRef, SessionState>,
): Promise<void> {
  const platform = platformOf(ctx.os);
  const boot = await platform.bootId(ctx.os);
  const rows = await platform.processes(ctx.os);
  for (const { ref, seen, marked } of open) {
    const kin = kinOf(ctx, ref, boot);
    const left: readonly ProcessRow[] = rows === undefined || kin === undefined ? [] : victims(rows, kin);
    found.set(
      ref,
      deriveState({
        ...seen,
        sameBoot: kin !== undefined,
        // What the system would not say is not taken for "nothing left".
        processes: rows === undefined ? 1 : left.length,
        stopped: marked && left.length > 0 && left.every((row) => row.stopped || row.pid === kin?.inner?.pid),
      }),
    );
  }
}

/** Who leads the session on its terminal, as its helpers wrote it down. */
export function leaderOfSession(ctx: Context, ref: SessionRef): Leader {
  const dir = generationDir(ctx.profile.paths, ref);
  const tty = readLine(ctx, join(dir, FILES.pts));
  return leaderOf({
    sup: readIdentity(ctx, join(dir, FILES.sup)),
    script: readIdentity(ctx, join(dir, FILES.script)),
    inner: readIdentity(ctx, join(dir, FILES.inner)),
    tty: ctx.os.environment.platform === "darwin" ? tty?.replace("/dev/", "") : undefined,
  });
}

/**
 * What tells the processes of a generation from all others; undefined when it belongs to another boot of the machine than `boot` (as
 * `Platform.bootId` has it): then it has none, and its numbers are somebody else's.
 */
export function kinOf(ctx: Context, ref: SessionRef, boot: string): Kin | undefined {
  const spec = readSpec(ctx, ref);
  const leader = leaderOfSession(ctx, ref);
  if (spec === undefined) return leader;
  if (boot !== "" && spec.boot !== boot) return undefined;
  return { ...leader, mark: spec.mark, seal: String(sealOf(spec.mark) * 1024) };
}

/** The processes of a generation but its helpers and ourselves, now; undefined when the system does not list its processes. */
export async function processesOf(ctx: Context, ref: SessionRef): Promise<readonly ProcessRow[] | undefined> {
  const platform = platformOf(ctx.os);
  const kin = kinOf(ctx, ref, await platform.bootId(ctx.os));
  if (kin === undefined) return [];
  const rows = await platform.processes(ctx.os);
  return rows === undefined ? undefined : victims(rows, kin, ctx.os.environment.pid);
}

/** What a generation was started with; undefined when that cannot be read. */
export function readSpec(ctx: Context, ref: SessionRef): Spec | undefined {
  const text = ctx.os.files.readListed(join(generationDir(ctx.profile.paths, ref), FILES.spec));
  if (text === undefined) return undefined;
  try {
    const parsed = specSchema.safeParse(JSON.parse(text));
    return parsed.success && (parsed.data.v ?? 1) === 1 ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** `pid start` as a helper wrote it; undefined while it is not complete. */
export function readIdentity(ctx: Context, path: string): { readonly pid: number; readonly start: string } | undefined {
  const match = /^([1-9][0-9]*) (\S+)\n$/.exec(ctx.os.files.readListed(path) ?? "");
  const [, pid, start] = match ?? [];
  return pid === undefined || start === undefined ? undefined : { pid: Number(pid), start };
}

/** The first line of a small file, without its end; undefined when there is none. */
export function readLine(ctx: Context, path: string): string | undefined {
  const line = ctx.os.files.readListed(path)?.split("\n", 1)[0]?.trim();
  return line === "" ? undefined : line;
}
