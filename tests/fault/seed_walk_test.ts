import { join } from "node:path";
import { contentsOf } from "../../src/profile/contents.ts";
import { openProfile } from "../../src/profile/open.ts";
import { profileDirs } from "../../src/profile/paths.ts";
import type { Context } from "../../src/profile/profile.ts";
import { assert, assertEquals, assertOk } from "../kit/assert.ts";
import { type Fault, walk } from "../kit/faulty_os.ts";

/** The contents of the seeds by their path in the profile; times and versions left out. */
function seedsOf(context: Context): Record<string, string> {
  const { root } = context.profile.paths;
  const found: Record<string, string> = {};
  const below = (at: string): void => {
    for (const entry of Deno.readDirSync(join(root, at))) {
      const path = join(at, entry.name);
      if (entry.isDirectory) below(path);
      else if (!entry.name.startsWith(".tmp-")) {
        found[path] = Deno.readTextFileSync(join(root, path)).replace(/\d{13}/g, "T");
      }
    }
  };
  below("");
  return found;
}

let whole: Record<string, string> | undefined;

for (const fault of ["crash", "ENOSPC", "EACCES", "short_write"] satisfies Fault[]) {
  Deno.test(`first touch under ${fault} at every step: no verb takes half a profile for one, and the next call finishes it`, async () => {
    const steps = await walk({
      fault,
      context: { bare: true },
      act: (context) => openProfile(context.os, { mode: "seed" }),
      check: async (context, end) => {
        const contents = assertOk(contentsOf(context.os, context.profile.paths));
        const read = await openProfile(context.os, { mode: "read" });
        if (contents !== "complete") assert(!read.ok && read.failure.kind === "no_profile");
        // Reported as done: then all of it is there already.
        if (end.kind === "returned" && end.value.ok) assertEquals(contents, "complete");
        if (end.kind === "returned" && !end.value.ok) assert(end.value.failure.state !== "");
        if (contents === "complete") check(context);
        assertOk(await openProfile(context.os, { mode: "seed" }));
        check(context);
      },
    });
    assert(steps >= 9, `only ${steps} steps were walked`);
  });
}

/** The profile is whole, as a first touch without any fault makes it. */
function check(context: Context): void {
  const seeds = seedsOf(context);
  delete seeds[".seeding"];
  whole ??= seeds;
  assertEquals(seeds, whole);
  for (const dir of profileDirs(context.profile.paths)) {
    assertEquals((Deno.lstatSync(dir).mode ?? 0) & 0o7777, 0o700, dir);
  }
}
