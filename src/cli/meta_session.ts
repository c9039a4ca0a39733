import { join } from "node:path";
import type { Os } from "../os/os.ts";
import { locateProfile } from "../profile/locate.ts";

/**
 * Whether the session was started with `--meta`, which lets it write policy: its worker's record says so. Fails closed: no record,
 * or one that cannot be read, says no. `session` has been validated as an id.
 */
export function isMetaSession(os: Os, session: string): boolean {
  const paths = locateProfile(os);
  if (!paths.ok) return false;
  const found = os.files.read(join(paths.value.workers, `${session}.json`));
  if (found.kind !== "text") return false;
  try {
    const record: unknown = JSON.parse(found.text);
    return typeof record === "object" && record !== null && (record as { readonly meta?: unknown }).meta === true;
  } catch {
    return false;
  }
}
