import { assert, assertEquals } from "../kit/assert.ts";
import { BINARY } from "../kit/program.ts";
import { makeRig, PROGRAM, type Rig } from "../kit/rig.ts";

/**
 * The same walk as `mailbox_walk_test.ts` with real processes: the kernel kills the executable in front of its n-th change of a file.
 * For the executable on Linux only, where the order of its calls is its own: LOOOP_TEST_BINARY=dist/looop, and strace on the PATH.
 */
const POSSIBLE = BINARY !== undefined && Deno.build.os === "linux" && await hasStrace();

/** What changes files, by the name that the kernel gives it here. Each is walked by itself: strace counts each by itself. */
const CALLS = ["link,linkat", "rename,renameat,renameat2", "unlink,unlinkat", "fsync,fdatasync", "flock"];

async function hasStrace(): Promise<boolean> {
  const { success } = await new Deno.Command("sh", { args: ["-c", "command -v strace"], stdout: "null" }).output();
  return success;
}

/** Runs looop and kills it in front of the n-th of these calls. `hit` says whether there was one. */
async function killedAt(
  rig: Rig,
  at: { readonly calls: string; readonly n: number },
  args: readonly string[],
): Promise<{ readonly hit: boolean; readonly code: number; readonly stdout: string }> {
  const log = await Deno.makeTempFile({ prefix: "looop-strace-" });
  try {
    const { code, stdout } = await new Deno.Command("strace", {
      args: [
        "-f",
        "-o",
        log,
        "-e",
        `trace=${at.calls}`,
        "-e",
        `inject=${at.calls}:signal=KILL:when=${at.n}`,
        PROGRAM,
        ...args,
      ],
      clearEnv: true,
      env: { ...rig.env },
      stdin: "null",
      stderr: "null",
    }).output();
    const hit = (await Deno.readTextFile(log)).includes("killed by SIGKILL");
    return { hit, code, stdout: new TextDecoder().decode(stdout) };
  } finally {
    await Deno.remove(log);
  }
}

/** Kills it in front of every call of every kind, each time after `prepare`; answers how many there were. */
async function walk(
  args: readonly string[],
  steps: {
    prepare(rig: Rig): Promise<unknown>;
    check(rig: Rig, end: { readonly stdout: string }): Promise<void>;
  },
): Promise<number> {
  let hits = 0;
  await using rig = await makeRig();
  await rig.ok(["init", "--yes"]);
  for (const calls of CALLS) {
    for (let n = 1;; n++) {
      await steps.prepare(rig);
      const end = await killedAt(rig, { calls, n }, args);
      await steps.check(rig, end);
      if (!end.hit) break;
      hits++;
    }
  }
  return hits;
}

/** The newest ask of the worker, by its number; 0 when there is none. */
function newest(rig: Rig): number {
  return Math.max(0, ...rig.names("asks").map((name) => Number(/^w-(\d+)\.json$/.exec(name)?.[1] ?? 0)));
}

Deno.test({
  name: "an ask that is killed in front of any change of a file is one ask, and its answer comes out once it is there",
  ignore: !POSSIBLE,
  fn: async () => {
    let round = 0;
    const line = (): readonly string[] => ["_", "ask", "w", "--prompt", "Which?", "--key", `${round}`];
    const args = [...line()];
    const hits = await walk(args, {
      prepare: async (rig) => {
        round++;
        args.splice(0, args.length, ...line(), "--no-wait");
        await rig.ok(["asks"]);
      },
      check: async (rig) => {
        const id = (await rig.ok([...line(), "--no-wait"])).stdout.trim();
        assertEquals(id, `w-${newest(rig)}`);
        await rig.ok(["_", "answer", id, `answer ${round}`]);
        assertEquals((await rig.ok(line())).stdout, `answer ${round}`);
        assertEquals((await rig.ok(["asks", "--json"])).json<unknown[]>().length, 1);
      },
    });
    assert(hits >= 6, `${hits}`);
  },
});

Deno.test({
  name: "an answer that is killed in front of any change of a file is given whole or not at all",
  ignore: !POSSIBLE,
  fn: async () => {
    const args: string[] = [];
    const hits = await walk(args, {
      prepare: async (rig) => {
        const id = (await rig.ok(["_", "ask", "w", "--prompt", `${newest(rig)}?`, "--no-wait"])).stdout.trim();
        args.splice(0, args.length, "_", "answer", id, "the first");
      },
      check: async (rig) => {
        const id = args[2] ?? "";
        const again = await rig.run(["_", "answer", id, "the second"]);
        assert(again.code === 0 || again.code === 4, `${again.code}`);
        const prompt = `${Number(id.slice(2)) - 1}?`;
        const answer = (await rig.ok(["_", "ask", "w", "--prompt", prompt])).stdout;
        assertEquals(answer, again.code === 0 ? "the second" : "the first");
      },
    });
    assert(hits >= 3, `${hits}`);
  },
});

Deno.test({
  name:
    "an answer on its way that is killed in front of any change of a file comes out again, the same, and then no more",
  ignore: !POSSIBLE,
  fn: async () => {
    const args: string[] = [];
    const hits = await walk(args, {
      prepare: async (rig) => {
        const prompt = `${newest(rig)}?`;
        args.splice(0, args.length, "_", "ask", "w", "--prompt", prompt);
        const id = (await rig.ok([...args, "--no-wait"])).stdout.trim();
        await rig.ok(["_", "answer", id, `to ${prompt}`]);
      },
      check: async (rig, { stdout }) => {
        const answer = `to ${args[4]}`;
        assert(stdout === "" || stdout === answer, stdout);
        assertEquals((await rig.ok(args)).stdout, answer);
        assertEquals((await rig.ok(["asks", "--json"])).json<unknown[]>().length, 1);
        assert(rig.exists("answers", `w-${newest(rig)}.consumed`));
      },
    });
    assert(hits >= 6, `${hits}`);
  },
});

Deno.test({
  name: "a reader that is killed in front of any change of a file is followed by one that gets the same messages",
  ignore: !POSSIBLE,
  fn: async () => {
    let n = 0;
    const hits = await walk(["_", "told", "w", "--json"], {
      prepare: (rig) => {
        n += 2;
        for (const m of [n - 1, n]) {
          const tell = { v: 1, id: `w-${m}`, worker: "w", text: `message ${m}`, by: "root", ts: 1 };
          rig.write(`tells/w-${m}.json`, JSON.stringify(tell));
        }
        return Promise.resolve();
      },
      check: async (rig, { stdout }) => {
        const said = (text: string): readonly string[] =>
          text === "" ? [] : (JSON.parse(text) as { id: string }[]).map(({ id }) => id);
        const first = said(stdout);
        assert(first.length === 0 || first.length === 2, stdout);
        // What may have been half marked is the end of the list; nothing is missing from both.
        const second = said((await rig.ok(["_", "told", "w", "--json"])).stdout);
        assertEquals([...new Set([...first, ...second])].sort(), [`w-${n - 1}`, `w-${n}`].sort());
        assertEquals(said((await rig.ok(["_", "told", "w", "--json"])).stdout), []);
      },
    });
    assert(hits >= 4, `${hits}`);
  },
});
