import { assert, assertEquals, assertOk } from "../kit/assert.ts";
import { type Fault, walk, type WalkEnd } from "../kit/faulty_os.ts";
import { mortal, take, told, tryWait, writeGoal } from "../kit/waiting.ts";
import type { Context } from "../../src/profile/profile.ts";
import { recordDelivery } from "../../src/world/wait.ts";

interface Said {
  readonly id: string;
  readonly lines: readonly string[];
}

/** One life of a waiter: what it printed, as far as it came. A crash keeps its locks no longer than its process. */
async function life(ctx: Context, printed: (said: Said) => void): Promise<void> {
  const process = mortal(ctx);
  try {
    const end = await tryWait(process.context);
    if (!end.ok || end.value.kind === "pending") return;
    const { delivery } = end.value;
    printed({ id: delivery.id, lines: told(delivery) });
    await recordDelivery(process.context, delivery);
  } finally {
    process.die();
  }
}

for (const fault of ["crash", "ENOSPC", "EIO", "EACCES", "short_write"] as const satisfies readonly Fault[]) {
  Deno.test(`a wait under ${fault} at every step loses no change, and repeats one only under its id`, async () => {
    let printed: Said[] = [];
    const steps = await walk<void>({
      fault,
      prepare: async (context) => {
        printed = [];
        await take(context);
        writeGoal(context, "a", "one");
      },
      act: (context) => life(context, (said) => printed.push(said)),
      check: async (context, _end: WalkEnd<void>, step) => {
        for (let rounds = 0; rounds < 3; rounds++) {
          const delivery = await take(context);
          if (delivery !== undefined) printed.push({ id: delivery.id, lines: told(delivery) });
        }
        assert(printed.length > 0, `nothing was ever told: ${step}`);
        const byId = new Map(printed.map((said) => [said.id, said.lines]));
        for (const { id, lines } of printed) assertEquals(lines, byId.get(id));
        // A reading that failed shows as a trouble of its own, and is over with the next look; the goal is told once.
        const news = [...byId.values()].flat().filter((line) => line === "added goal:a");
        assertEquals(news, ["added goal:a"]);
        assertEquals(await take(context), undefined);
        assertOk(context.os.files.list(context.profile.paths.cursors));
      },
    });
    assert(steps >= (fault === "short_write" ? 3 : 15), `only ${steps} steps`);
  });
}
