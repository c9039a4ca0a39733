import type { Context } from "../profile/profile.ts";
import { platformOf } from "../sessions/platform.ts";

/** What the kernel says of when this process was started: tells it from a later one with the same number. Undefined when that cannot be had. */
export async function ownIdentity(ctx: Context): Promise<string | undefined> {
  const rows = await platformOf(ctx.os).processes(ctx.os).catch(() => undefined);
  return rows?.find(({ pid }) => pid === ctx.os.environment.pid)?.start;
}
