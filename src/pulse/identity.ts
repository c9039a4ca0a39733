import type { Context } from "../profile/profile.ts";
import { platformOf } from "../sessions/platform.ts";

/** What the kernel says of when this process was started: tells it from a later one with the same number. Undefined when that cannot be had. */
export async function ownIdentity({ os }: Context): Promise<string | undefined> {
  return await platformOf(os).startOf(os, os.environment.pid).catch(() => undefined);
}
