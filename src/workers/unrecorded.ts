import { isId } from "../base/id.ts";
import type { Context } from "../profile/profile.ts";
import { newest } from "../sessions/read.ts";
import { readRecord, type Records } from "./store.ts";

/** A worker of which no record can be used. What it was started for is not known; whether it lives its session tells. */
export interface Unrecorded {
  readonly id: string;
  /** The newest generation of its session; 0: there is none. */
  readonly generation: number;
  /** False: there is not even a file. */
  readonly hasRecord: boolean;
  readonly problem: string;
  /** A later looop wrote the record. */
  readonly newer: boolean;
}

/** The workers beside those of these records: unreadable is not absent, and a session lives whatever became of its record. */
export function unrecorded(ctx: Context, { usable, damaged }: Records): readonly Unrecorded[] {
  const ids = new Set(usable.map(({ id }) => id));
  const found: Unrecorded[] = [];
  const note = (id: string, said: Pick<Unrecorded, "hasRecord" | "problem" | "newer">): void => {
    ids.add(id);
    found.push({ id, generation: newest(ctx, id)?.generation ?? 0, ...said });
  };
  for (const id of damaged) {
    const record = readRecord(ctx, id);
    if (record.ok) continue; // written, or removed, since the caller looked
    const { state, kind: why } = record.failure;
    note(id, { hasRecord: true, problem: state, newer: why === "newer" });
  }
  const sessions = ctx.os.files.list(ctx.profile.paths.sessions);
  for (const { name, kind } of sessions.ok ? sessions.value : []) {
    if (kind === "dir" && isId(name) && !ids.has(name)) {
      note(name, { hasRecord: false, problem: "it has no record", newer: false });
    }
  }
  return found;
}
