import { assert, assertEquals, assertIncludes } from "../kit/assert.ts";
import { makeRig, type Rig } from "../kit/rig.ts";

const MIB = 1024 * 1024;

async function startScript(rig: Rig, id: string, script: string): Promise<void> {
  await rig.ok(["_", "worker", "start", id, "-", "--runner", "sh"], { stdin: script });
}

function onDisk(rig: Rig, id: string): number {
  return (Deno.statSync(rig.path("sessions", id, "1", "out.log")).blocks ?? 0) * 512;
}

Deno.test("a gigabyte of output leaves a log of its size, and the verbs are quick on it", async () => {
  await using rig = await makeRig();
  await rig.ok(["init", "--yes", "--runner", "sh"]);
  await rig.ok(["up"]);
  const line = "a line of output such as a noisy build prints it, again and again and again";
  await startScript(rig, "noisy", `yes '${line}' | head -c ${1024 * MIB}; echo; echo over`);
  let most = 0;
  const watching = setInterval(() => most = Math.max(most, onDisk(rig, "noisy")), 200);
  const ended = await rig.run(["wait", "noisy"], { deadlineMs: 300_000 });
  clearInterval(watching);
  assertEquals(ended.code, 0);
  assertEquals((await rig.ok(["log", "noisy", "--tail", "1"])).stdout, "over\n");
  assertIncludes((await rig.ok(["shot", "noisy"])).stdout, "over");
  assertEquals((await rig.ok(["expect", "noisy", "^over$"])).stdout, "over\n");
  // It is cut while it floods, as soon as the disk has taken what was written; at rest the cap holds.
  const kept = await settled(rig, "noisy");
  assert(kept <= 64 * MIB * 1.1, `${(kept / MIB).toFixed(0)} MiB are kept`);
  assert(most <= 900 * MIB, `${(most / MIB).toFixed(0)} MiB lay on the disk at once`);
});

/** Looks until the pulse has cut it; at its own slow pace for what has ended. */
async function settled(rig: Rig, id: string): Promise<number> {
  const end = performance.now() + 30_000;
  let size = onDisk(rig, id);
  while (size > 64 * MIB * 1.1 && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    size = onDisk(rig, id);
  }
  return size;
}

Deno.test("a hundred megabytes without a line end are read by the same verbs", async () => {
  await using rig = await makeRig();
  await rig.ok(["init", "--yes", "--runner", "sh"]);
  await startScript(rig, "endless", `head -c ${100 * MIB} /dev/zero | tr '\\000' x; printf END; exec sleep 1000`);
  assertEquals(
    (await rig.ok(["expect", "endless", "END", "--timeout", "120s"], { deadlineMs: 150_000 })).stdout,
    "END\n",
  );
  const tail = (await rig.ok(["log", "endless", "--tail", "1"])).stdout;
  assert(tail.endsWith("xEND\n") || tail.endsWith("xEND"), tail.slice(-20));
  assertIncludes((await rig.ok(["shot", "endless", "--trim"])).stdout, "xEND");
  assertIncludes((await rig.ok(["log", "endless", "--tail", "1", "--json"])).stdout, "xEND");
  await rig.ok(["kill", "endless"]);
});

Deno.test("of two hundred programs that show a megabyte and end, no byte is lost", async () => {
  await using rig = await makeRig();
  await rig.ok(["init", "--yes", "--runner", "sh"]);
  const script = "head -c 1000000 /dev/zero | tr '\\000' x; printf END";
  for (let round = 0; round < 25; round++) {
    const ids = Array.from({ length: 8 }, (_, n) => `quick-${round}-${n}`);
    await Promise.all(ids.map((id) => startScript(rig, id, script)));
    for (const id of ids) {
      await rig.run(["wait", id]);
      const log = Deno.readFileSync(rig.path("sessions", id, "1", "out.log"));
      assertEquals([log.length, new TextDecoder().decode(log.subarray(-4))], [1_000_003, "xEND"]);
    }
    await rig.ok(["prune"]);
  }
});
