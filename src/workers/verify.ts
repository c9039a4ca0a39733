import { stripControls } from "../base/text.ts";
import { ok } from "../base/result.ts";
import type { Result } from "../failure.ts";
import { changeRecord } from "../profile/records.ts";
import type { Context } from "../profile/profile.ts";
import { type WorkerRecord, workerRecordSchema, type WorkerView } from "./schema.ts";
import { readRecord, recordPath } from "./store.ts";

/** How much of a check's output is kept, from its end. */
const TAIL_BYTES = 2048;

/** Workers whose check is owed: they have ended, and nobody has run it for this life. */
export function verifyOwed(workers: readonly WorkerView[]): readonly WorkerView[] {
  return workers.filter((worker) =>
    !worker.alive && worker.state !== "unstarted" && worker.verify?.verdict === "pending"
  );
}

/**
 * Runs the check of a worker that has ended, once for its generation, and writes the verdict down. Pass is exit 0 of the command and
 * nothing else; a check that cannot be run, or that takes too long, is a fail that says so: a verdict is never made up. A crash
 * before the verdict is on disk runs it again. Undefined when it was not owed after all.
 */
export async function runVerify(ctx: Context, worker: WorkerView): Promise<Result<"pass" | "fail" | undefined>> {
  const record = readRecord(ctx, worker.id);
  if (!record.ok) return record;
  const { value } = record;
  if (value?.verify === undefined || value.generation !== worker.generation) return ok(undefined);
  if (value.verdict?.generation === value.generation) return ok(undefined); // it came after `worker` was looked at
  const { profile: { paths, config } } = ctx;
  const end = await ctx.os.processes.run({
    argv: ["sh", "-c", value.verify],
    cwd: paths.root,
    env: {
      LOOOP_DATA_DIR: paths.root,
      LOOOP_CONFIG: paths.config,
      LOOOP_WORKER: worker.id,
      LOOOP_WORKER_CWD: value.cwd,
    },
    timeoutMs: config.verifyTimeoutMs,
    stdoutMax: TAIL_BYTES,
    overflow: "tail",
  }).end;
  if (end.kind === "killed") return ok(undefined); // we are ending ourselves: the next pulse runs it
  const verdict = end.kind === "exited" && end.code === 0 ? "pass" : "fail";
  const output = stripControls(new TextDecoder().decode(end.stdout)).trim();
  const why = end.kind === "exited"
    ? `exit ${end.code}`
    : end.kind === "timed_out"
    ? "it took too long"
    : "it could not be started";
  const tail = verdict === "pass" ? output : `${output}${output === "" ? "" : "\n"}(${why})`;
  const written = await changeRecord<WorkerRecord>(ctx.os, recordPath(ctx, worker.id), {
    schema: workerRecordSchema,
    change: (now) =>
      now === undefined || now.generation !== worker.generation
        ? undefined
        : { ...now, verdict: { generation: worker.generation, verdict, ts: ctx.os.clock.now(), tail } },
  });
  return written.ok ? ok(verdict) : written;
}
