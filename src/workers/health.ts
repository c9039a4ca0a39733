import { formatDuration } from "../base/duration.ts";
import type { SessionState } from "../sessions/schema.ts";
import type { Health } from "./schema.ts";

/** What is known of a live worker, best evidence first: its own verbs, then what its terminal showed. Spans in milliseconds. */
export interface Evidence {
  readonly state: SessionState;
  /** It waits in an open ask. */
  readonly asking: boolean;
  /** Since its terminal last showed something; null when that cannot be told. */
  readonly idleMs: number | null;
}

/** How a live worker is doing, and why that is thought; `dead` for one that has ended, null while it starts. */
export function healthOf(
  evidence: Evidence,
  limits: { readonly idleAfterMs: number; readonly stuckAfterMs: number },
): { readonly health: Health | "dead" | null; readonly why?: string | undefined } {
  const { state, asking, idleMs } = evidence;
  if (state.kind === "unstarted" || state.kind === "starting") return { health: null };
  if (state.kind === "paused") return { health: "idle", why: "paused" };
  if (state.kind !== "running") return { health: "dead", why: state.kind };
  if (asking) return { health: "waiting-ask", why: "it has an open ask" };
  if (idleMs === null) return { health: "busy", why: "its terminal cannot be read" };
  const silent = `its terminal has been silent for ${formatDuration(Math.floor(idleMs / 1000) * 1000)}`;
  if (idleMs >= limits.stuckAfterMs) return { health: "stuck", why: silent };
  if (idleMs >= limits.idleAfterMs) return { health: "idle", why: silent };
  return { health: "busy", why: "its terminal shows output" };
}
