import { readVersioned } from "./records.ts";
import { markerSchema } from "./schema.ts";
import type { Context } from "./profile.ts";

/**
 * Whether a later looop has changed the profile into a form that this one does not know, since it was opened. Whoever waits ends then:
 * the same line again runs the looop that is installed now. One read of a small file.
 */
export function isUpgraded({ os, profile }: Context): boolean {
  return readVersioned(os, profile.paths.marker, markerSchema).kind === "newer";
}
