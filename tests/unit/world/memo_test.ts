import { join } from "node:path";
import { assertEquals } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";
import { remembered } from "../../../src/world/memo.ts";
import { gatherer } from "../../../src/world/gather.ts";
import { writeGoal } from "../../kit/waiting.ts";

/** Long enough ago that no clock of a file system could hide a second change. */
const OLD = new Date(Date.now() - 60_000);

Deno.test("remembered() reads again when a stamp moves, when its time is over, or while a stamp is too young to be trusted", async () => {
  await using test = await makeContext();
  const path = join(test.dir, "PLAYBOOK.md");
  Deno.writeTextFileSync(path, "one");
  let reads = 0;
  let key = "a";
  const part = remembered(test.os, {
    paths: () => [path],
    key: () => key,
    read: () => {
      reads++;
      return Deno.readTextFileSync(path);
    },
    until: () => 1_000,
  });
  // Just written: another write in the same tick of the file system's clock would look the same.
  assertEquals([await part.read(0), await part.read(0), reads], ["one", "one", 2]);
  Deno.utimeSync(path, OLD, OLD);
  assertEquals([await part.read(0), await part.read(0), await part.read(0), reads], ["one", "one", "one", 3]);
  Deno.writeTextFileSync(path, "two");
  Deno.utimeSync(path, OLD, new Date(OLD.getTime() + 1));
  assertEquals([await part.read(0), reads], ["two", 4]);
  key = "b";
  assertEquals([await part.read(0), reads], ["two", 5]);
  assertEquals([await part.read(1_000), reads], ["two", 6]);
  Deno.removeSync(path);
  Deno.mkdirSync(path);
  Deno.removeSync(path);
  Deno.writeTextFileSync(path, "three");
  Deno.utimeSync(path, OLD, OLD);
  assertEquals([await part.read(0), reads], ["three", 7]);
});

Deno.test("gatherer() reads nothing again that stood still, and sees an edit in place", async () => {
  await using test = await makeContext();
  const { context } = test;
  const goal = join(context.profile.paths.goals, "g.md");
  writeGoal(context, "g", "one");
  const settle = () => {
    for (const path of [goal, ...Object.values(context.profile.paths)]) {
      try {
        Deno.utimeSync(path, OLD, OLD);
      } catch { /* not there */ }
    }
  };
  settle();
  const reads: string[] = [];
  const note = (path: string) => void (path.endsWith("/.pulse/heartbeat.json") || reads.push(path));
  const { files } = context.os;
  const counted = {
    ...files,
    read: (path: string) => (note(path), files.read(path)),
    readListed: (path: string) => (note(path), files.readListed(path)),
  };
  const eyes = gatherer({ ...context, os: { ...context.os, files: counted } });
  await eyes.gather(test.os.clock.now());
  await eyes.gather(test.os.clock.now()); // with the stamps of the files that were found
  reads.length = 0;
  await eyes.gather(test.os.clock.now());
  assertEquals(reads.filter((path) => !path.endsWith("profile.json")), []);
  Deno.writeTextFileSync(goal, "two");
  assertEquals((await eyes.gather(test.os.clock.now())).goals[0]?.text, "two");
});
