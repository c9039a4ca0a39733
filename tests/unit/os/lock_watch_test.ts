import { basename, join } from "node:path";
import { assert, assertEquals } from "../../kit/assert.ts";
import { waitUntil } from "../../kit/wait_until.ts";
import { realClock } from "../../../src/os/clock.ts";
import { realFiles } from "../../../src/os/real_files.ts";
import { realLocks } from "../../../src/os/lock.ts";
import { realWatches } from "../../../src/os/watch.ts";
import { appendRotating, removeIfEqual, replaceIfEqual, withDirLock } from "../../../src/os/guarded_files.ts";
import { realOs } from "../../../src/os/os.ts";

const clock = realClock();
const locks = realLocks(clock);

async function inDir(body: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "looop lock " });
  try {
    await body(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("tryAcquire() admits one, and a shared look disturbs nobody who holds it", () =>
  inDir(async (dir) => {
    const path = join(dir, "lock");
    assertEquals(locks.isHeld(path), false);
    const held = locks.tryAcquire(path);
    assert(held !== undefined);
    assertEquals(locks.tryAcquire(path), undefined);
    assertEquals(locks.isHeld(path), true);
    const before = clock.ticks();
    assertEquals(await locks.acquire(path, 100), undefined);
    assert(clock.ticks() - before >= 95);
    const waiting = locks.acquire(path, 10_000);
    held.release();
    const next = await waiting;
    assert(next !== undefined);
    next.release();
    assertEquals(locks.isHeld(path), false);
  }));

Deno.test("a lock file can be opened by the next process whatever the umask", () =>
  inDir((dir) => {
    const path = join(dir, "lock");
    const before = Deno.umask(0o277);
    try {
      locks.tryAcquire(path)?.release();
      assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
      Deno.chmodSync(path, 0o400); // as a maker leaves it that died before it came to setting the mode
      const lock = locks.tryAcquire(path);
      assert(lock !== undefined);
      lock.release();
      assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
    } finally {
      Deno.umask(before);
    }
    return Promise.resolve();
  }));

Deno.test("a lock is the same as flock(1) takes, and goes with its holder", () =>
  inDir(async (dir) => {
    const path = join(dir, "lock");
    const holder = new Deno.Command("flock", {
      args: [path, "sh", "-c", "echo held; exec cat"],
      stdin: "piped",
      stdout: "piped",
    })
      .spawn();
    const reader = holder.stdout.getReader();
    await reader.read();
    assertEquals(locks.isHeld(path), true);
    holder.kill("SIGKILL");
    await holder.status;
    await holder.stdin.close().catch(() => {});
    await reader.cancel();
    const lock = await locks.acquire(path, 5_000);
    assert(lock !== undefined);
    lock.release();
  }));

Deno.test("withDirLock() runs one at a time", () =>
  inDir(async (dir) => {
    const os = realOs(new URL("../../../", import.meta.url));
    let inside = 0;
    let most = 0;
    await Promise.all(Array.from({ length: 20 }, () =>
      withDirLock(os, dir, async () => {
        most = Math.max(most, ++inside);
        await clock.sleep(1);
        inside--;
      })));
    assertEquals(most, 1);
  }));

Deno.test("removeIfEqual() and replaceIfEqual() act on what was read, never on what came after", () =>
  inDir(async (dir) => {
    const os = realOs(new URL("../../../", import.meta.url));
    const path = join(dir, "a");
    os.files.replace(path, "one");
    assertEquals(await replaceIfEqual(os, path, { expected: "zero", next: "x" }), { ok: true, value: "changed" });
    assertEquals(await replaceIfEqual(os, path, { expected: "one", next: "two" }), { ok: true, value: "replaced" });
    assertEquals(await removeIfEqual(os, path, "one"), { ok: true, value: "changed" });
    assertEquals(await removeIfEqual(os, path, "two"), { ok: true, value: "removed" });
    assertEquals(await removeIfEqual(os, path, "two"), { ok: true, value: "changed" });
  }));

Deno.test("appendRotating() keeps every line, the newest in the plain name", () =>
  inDir(async (dir) => {
    const os = realOs(new URL("../../../", import.meta.url));
    const path = join(dir, "log");
    await Promise.all(
      Array.from({ length: 30 }, (_, n) => appendRotating(os, path, { line: `line ${n}`, maxBytes: 64, keep: 9 })),
    );
    const lines: string[] = [];
    for (const name of [path, ...Array.from({ length: 9 }, (_, n) => `${path}.${n + 1}`)]) {
      const found = os.files.read(name);
      if (found.kind === "text") lines.push(...found.text.trimEnd().split("\n"));
    }
    assertEquals(lines.toSorted(), Array.from({ length: 30 }, (_, n) => `line ${n}`).toSorted());
  }));

Deno.test("watches report a rename into a directory and stay silent about reads", () =>
  inDir(async (dir) => {
    const files = realFiles();
    files.replace(join(dir, "a"), "1");
    let events = 0;
    let wake = (): void => {};
    const watch = realWatches().open([dir, join(dir, "missing")], () => {
      events++;
      wake();
    });
    assertEquals(watch.lost, false);
    files.read(join(dir, "a"));
    const woken = new Promise<void>((resolve) => wake = resolve);
    files.replace(join(dir, "b"), "2");
    await woken;
    await quiet(() => events);
    const seen = events;
    assert(seen <= 2, `one rename is one or two events, not ${seen}: temporary files must not wake`);
    files.read(join(dir, "a"));
    files.list(dir);
    await quiet(() => events);
    assertEquals(events, seen, "reading must not wake");
    watch.close();
  }));

Deno.test({
  name: "a pipe that strays into what is watched keeps nobody from events, nor from closing the watch",
  sanitizeResources: false, // it is held open until the program ends
  fn: () =>
    inDir(async (dir) => {
      const seen = new Set<string>();
      const watch = realWatches().open([dir], (paths) => paths.forEach((path) => seen.add(basename(path))));
      await new Deno.Command("mkfifo", { args: [join(dir, "pipe")] }).output();
      await waitUntil("an event behind the pipe's", () => {
        Deno.writeTextFileSync(join(dir, "file"), "");
        return seen.has("file");
      }, { everyMs: 100 });
      watch.close();
      // And when nobody has looked for pipes since.
      const another = realWatches().open([dir], () => {});
      await new Deno.Command("mkfifo", { args: [join(dir, "late")] }).output();
      await clock.sleep(50);
      another.close();
    }),
});

Deno.test("sleep() ends at once when it is aborted, and lasts as long as asked", async () => {
  const abort = new AbortController();
  const long = clock.sleep(1e12, abort.signal);
  abort.abort();
  await long;
  const before = clock.ticks();
  await clock.sleep(30);
  assert(clock.ticks() - before >= 29);
});

/** Waits until a count has stood still for 60 ms. */
async function quiet(count: () => number): Promise<void> {
  for (let last = -1; last !== count();) {
    last = count();
    await clock.sleep(60);
  }
}
