import { ok } from "../base/result.ts";
import type { Result } from "../failure.ts";
import { forgetWorker, prunable } from "../workers/retention.ts";
import { readSpec } from "../sessions/read.ts";
import { switchOf } from "./input.ts";
import { type Call, type Input, verb } from "./verb.ts";

interface Pruned {
  readonly id: string;
  readonly generation: number;
  readonly deleted: boolean;
  readonly cmd: readonly string[] | null;
  /** Why it stays; null when it goes. */
  readonly kept: string | null;
}

/** `looop prune [--dry-run]`: records and logs of ended workers, now instead of after `session_ttl`. */
export const module = verb<readonly Pruned[]>({ run, text });

async function run(call: Call, input: Input): Promise<Result<readonly Pruned[]>> {
  const rows: Pruned[] = [];
  for (const ref of await prunable(call.context)) {
    const { id, generation, owesCheck } = ref;
    const cmd = readSpec(call.context, ref)?.argv ?? null;
    const deleted = !owesCheck && !switchOf(input, "dry-run") && await forgetWorker(call.context, ref);
    rows.push({
      id,
      generation,
      deleted,
      cmd,
      kept: owesCheck ? "its check has not run yet, the pulse runs it" : null,
    });
  }
  return ok(rows);
}

function text(rows: readonly Pruned[]): string {
  if (rows.length === 0) return "nothing to prune";
  return rows.map(({ id, generation, deleted, kept }) =>
    kept === null
      ? `${deleted ? "removed" : "would remove"} ${id} (generation ${generation})`
      : `kept ${id} (generation ${generation}): ${kept}`
  ).join("\n");
}
