import type { Identity, ProcessRow } from "./platform.ts";

/** The helpers of a session, as far as they are known. */
export interface Leader {
  readonly sup?: Identity | undefined;
  readonly script?: Identity | undefined;
  readonly inner?: Identity | undefined;
  /** The terminal's name, where sessions are told by it. */
  readonly tty?: string | undefined;
}

/** What tells the processes of a session from all others. */
export interface Kin extends Leader {
  readonly mark?: string | undefined;
  readonly seal?: string | undefined;
}

/**
 * The seal of a session, in KiB, from its mark: a limit of memory that nothing reaches and no kernel of today enforces (`ulimit -m`). It
 * passes to every descendant, and neither a cleared environment nor a session of its own nor another parent takes it away.
 */
export function sealOf(mark: string): number {
  return 2 ** 42 + Number.parseInt(mark.replaceAll("-", "").slice(0, 10), 16);
}

/** Leaves out what is undefined. */
export function leaderOf(leader: Leader): Leader {
  return leader;
}

/**
 * The processes of a session without its helpers `sup` and `script`: the terminal's session, whoever carries the mark or the seal, and
 * all descendants of these; zombies are gone already. `spare` is left out, and what is related only through it: the killer does not kill
 * itself.
 */
export function victims(rows: readonly ProcessRow[], kin: Kin, spare?: number): ProcessRow[] {
  const byPid = new Map(rows.map((row) => [row.pid, row]));
  const is = (row: ProcessRow, identity: Identity | undefined): boolean =>
    identity !== undefined && row.pid === identity.pid && row.start === identity.start;
  // A session number belongs to ours only while its leader is ours, or gone: then the number cannot have been given out again,
  // because a session's number stays taken as long as it has members.
  const leader = kin.inner === undefined ? undefined : byPid.get(kin.inner.pid);
  const ours = kin.inner !== undefined && (leader === undefined || is(leader, kin.inner));
  const session = kin.tty ?? (ours ? String(kin.inner?.pid) : undefined);
  const children = new Map<number, ProcessRow[]>();
  for (const row of rows) {
    const siblings = children.get(row.ppid);
    if (siblings === undefined) children.set(row.ppid, [row]);
    else siblings.push(row);
  }
  const helpers = (row: ProcessRow): boolean => is(row, kin.sup) || is(row, kin.script);
  const roots = rows.filter((row) =>
    !helpers(row) &&
    ((session !== undefined && row.session === session && (kin.tty === undefined || ours)) ||
      (kin.mark !== undefined && row.mark === kin.mark) || (kin.seal !== undefined && row.seal === kin.seal))
  );
  const chosen = new Map<number, ProcessRow>();
  const visit = (row: ProcessRow): void => {
    if (row.pid === spare || chosen.has(row.pid)) return;
    if (!helpers(row)) chosen.set(row.pid, row);
    for (const child of children.get(row.pid) ?? []) visit(child);
  };
  for (const root of roots) visit(root);
  return [...chosen.values()].filter((row) => !row.zombie);
}
