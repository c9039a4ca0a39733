import { join } from "node:path";
import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import type { Os } from "../os/os.ts";
import type { YesOrNo } from "./person.ts";
import { FIRST_FILES, LATE_FILE, type Stage } from "./stage.ts";

/** What the demo's worker has left behind, as its files show it. */
interface Left {
  /** How often the worker took the lease. */
  readonly claims: number;
  readonly inInbox: number;
  readonly inArchive: number;
  readonly report: string;
}

/**
 * What the worker was seen to do after this answer, in one line; a failure that names the first thing of which there is no trace. For
 * when the worker has ended. Reads only.
 */
export function seenOfWorker(os: Os, stage: Stage, answer: YesOrNo): Result<string> {
  const { claims, inInbox, inArchive, report } = look(os, stage);
  const all = FIRST_FILES.concat(LATE_FILE).length;
  const [inbox, archive] = answer === "yes" ? [0, all] : [all, 0];
  // It looks under a lease before it asks, and takes another one to move.
  if (claims < (answer === "yes" ? 2 : 1)) {
    return fail("failed", "see the worker's claim", `it claimed ${claims} times`);
  }
  if (inInbox !== inbox || inArchive !== archive) {
    const state = `${inInbox} are in the inbox, ${inArchive} in the archive`;
    return fail("failed", `see the files where they belong after a ${answer}`, state);
  }
  if (!report.includes(`"${answer}"`)) return fail("failed", "read the worker's report", "it does not name the answer");
  const did = answer === "yes" ? "moved the files" : "left the files where they were";
  return ok(`The worker claimed the inbox, ${did}, wrote a report, told its cost and ended.`);
}

function look(os: Os, stage: Stage): Left {
  const report = os.files.read(join(stage.profile, "reports", "tidy.md"));
  const events = os.files.read(join(stage.profile, "events.ndjson"));
  const lines = events.kind === "text" ? events.text.split("\n") : [];
  return {
    claims: lines.filter(isClaim).length,
    inInbox: countOf(os, stage.inbox),
    inArchive: countOf(os, stage.archive),
    report: report.kind === "text" ? report.text : "",
  };
}

function isClaim(line: string): boolean {
  try {
    const { verb, ids } = JSON.parse(line) as { readonly verb?: unknown; readonly ids?: unknown };
    return verb === "claim" && Array.isArray(ids) && ids.includes("inbox");
  } catch {
    return false; // the end of the file, or what a crash tore
  }
}

function countOf(os: Os, dir: string): number {
  const listed = os.files.list(dir);
  return listed.ok ? listed.value.length : -1;
}
