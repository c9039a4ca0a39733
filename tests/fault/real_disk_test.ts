import { join } from "node:path";
import { assert, assertEquals, assertIncludes } from "../kit/assert.ts";
import { makeRig, PROGRAM, type Rig } from "../kit/rig.ts";
import { mayMount, onSmallDisk, sh } from "../kit/small_disk.ts";

const GOAL = (n: number) => `---\ngoal: state ${n}\n---\n${"x".repeat(20_000)}\n`;

/** A profile on a file system of its own, one megabyte small. */
async function onSmallProfile(body: (rig: Rig, disk: string) => Promise<void>): Promise<void> {
  await onSmallDisk("1m", async (disk) => {
    await using rig = await makeRig({ LOOOP_DATA_DIR: join(disk, "profile") });
    await body(rig, disk);
  });
}

Deno.test({
  name: "a disk that is full: each verb says so, nothing is torn or lost, and it goes on when there is space",
  ignore: !mayMount,
  fn: () =>
    onSmallProfile(async (rig, disk) => {
      const read = (...parts: readonly string[]) => Deno.readTextFileSync(join(disk, "profile", ...parts));
      await rig.ok(["_", "goal", "write", "a", "-"], { stdin: GOAL(1) });
      await rig.ok(["_", "playbook", "write", "one"]);
      await rig.ok(["_", "cost", "0.5"]);
      await sh('dd if=/dev/zero of="$1" bs=4096 count=1000', join(disk, "filler"));
      for (
        const [args, stdin] of [
          [["_", "goal", "write", "a", "-"], GOAL(2)],
          [["_", "goal", "write", "b", "-"], GOAL(3)],
          [["_", "playbook", "write", "two"], ""],
          [["_", "notify", "x"], ""],
          [["_", "run", "echo ran"], ""],
        ] as const
      ) {
        const full = await rig.run(args, { stdin });
        assertEquals([full.code, full.stdout], [1, ""], args.join(" "));
        assertIncludes(full.stderr, "the disk is full", args.join(" "));
      }
      // One line may still fit into a block that is there already; it is there whole or not at all.
      const cost = await rig.run(["_", "cost", "0.25"]);
      assertEquals(read("goals", "a.md"), GOAL(1));
      assertEquals(read("PLAYBOOK.md"), "one\n");
      for (const line of read("cost.jsonl").trimEnd().split("\n")) JSON.parse(line);
      assertEquals(
        (await rig.ok(["_", "goal", "list", "--json"])).json<{ id: string }[]>().some(({ id }) => id === "b"),
        false,
      );
      await Deno.remove(join(disk, "filler"));
      await rig.ok(["_", "goal", "write", "a", "-"], { stdin: GOAL(2) });
      await rig.ok(["_", "playbook", "write", "two"]);
      assertEquals(read("goals", "a.md"), GOAL(2));
      const { usd } = (await rig.ok(["cost", "--json"])).json<{ usd: number }>();
      assertEquals(usd, cost.code === 0 ? 0.75 : 0.5);
    }),
});

Deno.test({
  name: "a read-only profile: reads work, changes say why they do not",
  ignore: !mayMount,
  fn: () =>
    onSmallProfile(async (rig, disk) => {
      await rig.ok(["_", "goal", "write", "a", "-"], { stdin: GOAL(1) });
      await rig.ok(["_", "cost", "0.5"]);
      assert(await sh('mount -o remount,ro "$1"', disk));
      for (
        const args of [
          ["_", "goal", "write", "b", GOAL(2)],
          ["_", "goal", "archive", "a"],
          ["_", "playbook", "write", "two"],
          ["_", "notify", "x"],
          ["_", "run", "echo ran"],
          ["_", "cost", "1"],
        ]
      ) {
        const refused = await rig.run(args);
        assertEquals([refused.code, refused.stdout], [1, ""], args.slice(0, 3).join(" "));
        assertIncludes(refused.stderr, "read-only", args.slice(0, 3).join(" "));
      }
      for (
        const args of [
          ["_", "goal", "list"],
          ["_", "goal", "show", "a"],
          ["_", "playbook", "show"],
          ["journal"],
          ["cost"],
          ["notices"],
          ["_", "state"],
          ["status"],
        ]
      ) {
        const read = await rig.run(args);
        assertEquals(read.code, 0, `${args.join(" ")}: ${read.stderr}`);
      }
      assert(await sh('mount -o remount,rw "$1"', disk));
    }),
});

/** What an agent CLI's sandbox leaves writable of a profile: the rest is there to read. */
const SANDBOX = `
profile=$1 copy=$2; shift 2
mount --bind "$profile" "$copy"
mount --bind "$profile" "$profile" && mount -o remount,bind,ro "$profile"
for name in asks answers mailbox tells claims reports cost.jsonl events.ndjson; do
  mount --bind "$copy/$name" "$profile/$name"
done
! touch "$profile/probe" 2>/dev/null || exit 99
exec "$@"`;

Deno.test({
  name:
    "inside an agent's sandbox, which may write mailbox, claims, reports, ledger and events alone, a worker's verbs work",
  ignore: !mayMount,
  fn: async () => {
    await using rig = await makeRig();
    await rig.ok(["_", "goal", "write", "a", GOAL(1)]);
    await rig.ok(["_", "cost", "0.5"]);
    const copy = await Deno.makeTempDir();
    const inside = async (...args: readonly string[]) => {
      const { code, stdout, stderr } = await new Deno.Command("unshare", {
        args: ["-m", "sh", "-c", SANDBOX, "sh", rig.dir, copy, PROGRAM, ...args],
        env: { ...rig.env, LOOOP_SESSION_ID: "w" },
        clearEnv: true,
      }).output();
      const said = new TextDecoder().decode(stderr);
      assert(code === 0 && !said.includes("annot"), `${args.join(" ")}: ${code} ${said}`);
      return new TextDecoder().decode(stdout);
    };
    await inside("_", "cost", "0.25");
    assertIncludes(await inside("_", "ask", "--no-wait", "--prompt", "which branch?"), "w-1");
    await inside("_", "claim", "main");
    await inside("_", "unclaim", "main");
    await inside("_", "told");
    await Deno.remove(copy);
    assertEquals((await rig.ok(["cost", "--json"])).json()["usd"], 0.75);
    assertIncludes((await rig.ok(["asks"])).stdout, "which branch?");
  },
});
