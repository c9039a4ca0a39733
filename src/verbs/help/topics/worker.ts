import { workerContract } from "../../../prompts/contract.ts";
import { verbLines, verbsFor } from "../verb_list.ts";

/** `looop help worker`: what a worker may do, and the text its prompt begins with. */
export function worker(): string {
  const contract = workerContract({
    id: "$LOOOP_SESSION_ID",
    reports: "$LOOOP_REPORTS_DIR",
    claims: "$LOOOP_CLAIMS_DIR",
    cwd: "a directory of your own",
    playbook: "PLAYBOOK.md",
    meta: false,
  });
  return `A worker is an agent session that looop started in a terminal of its own. Inside it only these verbs and those that
just read are allowed; the session's name is in LOOOP_SESSION_ID.

${verbLines(verbsFor("worker"))}

A session started with --meta may also write PLAYBOOK, goals, sensors and schedules, after its human said yes.

Every worker's prompt begins with this, then comes the brief:

${contract.trimEnd().split("\n").map((line) => line === "" ? "" : `  ${line}`).join("\n")}`;
}
