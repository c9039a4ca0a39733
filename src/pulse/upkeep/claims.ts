import { reapClaims } from "../../claims/lease_files.ts";
import { listClaims } from "../../claims/store.ts";
import { workerLiveness } from "../../workers/views.ts";
import type { UpkeepJob, UpkeepSaid } from "../upkeep.ts";
import { ahead } from "./said.ts";

/** Frees the leases of the dead. A lease is looked at with its holder; where there is none, this is one directory list. */
export async function reapDeadClaims({ ctx, now, log }: UpkeepJob): Promise<UpkeepSaid> {
  const claims = listClaims(ctx);
  if (claims.length === 0) return {};
  for (const { name, session, why } of await reapClaims(ctx, (holder) => workerLiveness(ctx, holder))) {
    const msg = `claim ${name} of ${session ?? "nobody"} was freed: ${why}`;
    log.write({ level: "info", event: "claim.reaped", msg, more: { claim: name, session: session ?? null } });
  }
  return ahead(now, claims.map(({ claim }) => claim?.expires));
}
