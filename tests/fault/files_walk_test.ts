import { join } from "node:path";
import { assert, assertEquals } from "../kit/assert.ts";
import { type Fault, walk } from "../kit/faulty_os.ts";

const FAULTS: readonly Fault[] = ["ENOSPC", "EACCES", "EIO", "short_write", "crash"];

for (const fault of FAULTS) {
  Deno.test(`replace() under ${fault} at any step leaves the old text or the new`, async () => {
    const steps = await walk({
      fault,
      prepare: ({ os, profile }) => os.files.replace(join(profile.paths.root, "file"), "old"),
      act: ({ os, profile }) => os.files.replace(join(profile.paths.root, "file"), "new text"),
      check: ({ os, profile }, end) => {
        const found = os.files.read(join(profile.paths.root, "file"));
        assert(found.kind === "text" && ["old", "new text"].includes(found.text));
        // What was reported as done is there.
        if (end.kind === "returned" && end.value.ok) assertEquals(found.text, "new text");
        const names = os.files.list(profile.paths.root);
        assert(names.ok);
        assertEquals(names.value.filter(({ kind }) => kind === "file").map(({ name }) => name), ["file"]);
      },
    });
    assert(steps >= (fault === "short_write" ? 1 : 5));
  });
}
