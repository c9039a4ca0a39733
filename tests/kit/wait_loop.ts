/**
 * A process that waits for ever as client `root` of LOOOP_DATA_DIR, prints each delivery as a line of JSON and records it: for tests that
 * change the profile, or kill this, at any moment.
 */
import { realOs } from "../../src/os/os.ts";
import { openProfile } from "../../src/profile/open.ts";
import { recordDelivery, waitForChange } from "../../src/world/wait.ts";

const opened = await openProfile(realOs(new URL("../../", import.meta.url)), { mode: "read" });
if (!opened.ok) throw new Error(opened.failure.state);
const { signal } = new AbortController();
for (;;) {
  const end = await waitForChange(opened.value, { client: "root", filter: "all", signal });
  if (!end.ok) throw new Error(end.failure.state);
  if (end.value.kind === "pending") continue;
  const { delivery } = end.value;
  const line = JSON.stringify({ delivery: delivery.id, changed: delivery.changes });
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
  await recordDelivery(opened.value, delivery);
}
