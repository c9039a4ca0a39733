import { join } from "node:path";
import type { Context } from "../profile/profile.ts";
import { endName, parseEndName } from "./layout.ts";
import { isOver, type SessionRef, type SessionView } from "./schema.ts";

/**
 * Makes sure that the end of a session has its marker: the command's shell leaves one itself, but a terminal that was killed, or a
 * machine that was restarted, leaves none. True when one was made now.
 */
export function publishEnd(ctx: Context, view: SessionView): boolean {
  if (!isOver(view.state) || view.state.kind === "failed_to_start") return false;
  const how = howOf(view);
  const listed = ctx.os.files.list(ctx.profile.paths.ends);
  const known = listed.ok ? listed.value.map(({ name }) => name).filter((name) => isOf(name, view)) : [];
  if (known.some((name) => parseEndName(name)?.how !== "gone")) return false;
  const published = ctx.os.files.publish(join(ctx.profile.paths.ends, endName(view, how)), "");
  for (const name of known) ctx.os.files.remove(join(ctx.profile.paths.ends, name));
  return published.ok && published.value === "published";
}

/** Takes the markers of a generation away, when its record goes. */
export function forgetEnd(ctx: Context, ref: SessionRef): void {
  const listed = ctx.os.files.list(ctx.profile.paths.ends);
  if (!listed.ok) return;
  for (const { name } of listed.value) {
    if (isOf(name, ref)) ctx.os.files.remove(join(ctx.profile.paths.ends, name));
  }
}

function howOf({ state }: SessionView): string {
  if (state.kind === "exited") return `exited,${state.code}`;
  if (state.kind === "killed") return state.code === null ? "killed" : `killed,${state.code}`;
  return state.kind === "lost" && state.reason === "reboot" ? "reboot" : "lost";
}

function isOf(name: string, ref: SessionRef): boolean {
  const marker = parseEndName(name);
  return marker !== undefined && marker.id === ref.id && marker.generation === ref.generation;
}
