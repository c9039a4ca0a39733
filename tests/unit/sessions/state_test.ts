import { assertEquals } from "../../kit/assert.ts";
import { deriveState, type Seen } from "../../../src/sessions/state.ts";

const NOTHING: Seen = {
  intent: false,
  sup: false,
  launched: false,
  held: false,
  stopped: false,
  sameBoot: true,
  processes: 0,
};
const UP: Partial<Seen> = { sup: true, launched: true };

const ROWS: readonly { readonly name: string; readonly given: Partial<Seen>; readonly want: unknown }[] = [
  { name: "a claim without a process", given: {}, want: { kind: "unstarted" } },
  {
    name: "killed while its terminal was being opened",
    given: { sup: true, intent: true, pty: 143 },
    want: { kind: "killed", code: 143 },
  },
  { name: "to end before it began", given: { intent: true }, want: { kind: "killed", code: null } },
  { name: "helpers before the command", given: { sup: true, held: true }, want: { kind: "starting" } },
  { name: "the lock before the identity", given: { held: true }, want: { kind: "starting" } },
  { name: "up", given: { ...UP, held: true }, want: { kind: "running" } },
  { name: "an intent alone ends nothing", given: { ...UP, held: true, intent: true }, want: { kind: "running" } },
  { name: "stopped", given: { ...UP, held: true, stopped: true }, want: { kind: "paused" } },
  { name: "ended", given: { ...UP, exit: 3 }, want: { kind: "exited", code: 3 } },
  { name: "ended, the lock not let go yet", given: { ...UP, exit: 0, held: true }, want: { kind: "exited", code: 0 } },
  {
    name: "the command's code wins over script's",
    given: { ...UP, exit: 3, pty: 1 },
    want: { kind: "exited", code: 3 },
  },
  { name: "ended after an intent", given: { ...UP, killed: 143, intent: true }, want: { kind: "killed", code: 143 } },
  {
    name: "ended in the instant before an intent",
    given: { ...UP, exit: 0, intent: true },
    want: { kind: "exited", code: 0 },
  },
  {
    name: "everything killed on request",
    given: { ...UP, intent: true, pty: 137 },
    want: { kind: "killed", code: 137 },
  },
  { name: "the recorder killed too", given: { ...UP, intent: true }, want: { kind: "killed", code: null } },
  {
    name: "killed, and something is left",
    given: { ...UP, intent: true, pty: 137, processes: 1 },
    want: { kind: "orphaned", reason: "terminal gone" },
  },
  {
    name: "no such program",
    given: { sup: true, spawnError: "no x", exit: 127 },
    want: { kind: "failed_to_start", message: "no x" },
  },
  {
    name: "no such program, still ending",
    given: { sup: true, spawnError: "no x", held: true },
    want: { kind: "starting" },
  },
  {
    name: "no terminal to be had",
    given: { sup: true, pty: 1, scriptError: "no pty" },
    want: { kind: "failed_to_start", message: "no pty" },
  },
  { name: "the terminal killed", given: { ...UP, pty: 137 }, want: { kind: "lost", reason: "terminal gone" } },
  {
    name: "the terminal killed, HUP ignored",
    given: { ...UP, pty: 137, processes: 2 },
    want: { kind: "orphaned", reason: "terminal gone" },
  },
  { name: "all helpers killed", given: { ...UP }, want: { kind: "lost", reason: "helpers gone" } },
  {
    name: "all helpers killed, the command lives",
    given: { ...UP, processes: 1 },
    want: { kind: "orphaned", reason: "helpers gone" },
  },
  { name: "another boot", given: { ...UP, sameBoot: false }, want: { kind: "lost", reason: "reboot" } },
  {
    name: "another boot, numbers given out again",
    given: { ...UP, sameBoot: false, processes: 3 },
    want: { kind: "lost", reason: "reboot" },
  },
  {
    name: "another boot, an intent",
    given: { ...UP, sameBoot: false, intent: true },
    want: { kind: "lost", reason: "reboot" },
  },
];

for (const { name, given, want } of ROWS) {
  Deno.test(`deriveState(): ${name}`, () => assertEquals<unknown>(deriveState({ ...NOTHING, ...given }), want));
}

Deno.test("deriveState() answers a state for every combination, and never life without a holder", () => {
  const codes = [undefined, 0, 137];
  const flags = [false, true];
  let count = 0;
  for (const exit of codes) {
    for (const pty of codes) {
      for (
        const bits of Array.from({ length: 128 }, (_, n) => [0, 1, 2, 3, 4, 5, 6].map((bit) => flags[(n >> bit) & 1]))
      ) {
        const [intent, sup, launched, held, stopped, sameBoot, left] = bits.map((bit) => bit === true);
        const seen = {
          ...NOTHING,
          exit,
          pty,
          intent,
          sup,
          launched,
          held,
          stopped,
          sameBoot,
          processes: left ? 1 : 0,
        } as Seen;
        const { kind } = deriveState(seen);
        count++;
        if (["starting", "running", "paused"].includes(kind)) {
          assertEquals([held, exit, pty], [true, undefined, undefined]);
        }
      }
    }
  }
  assertEquals(count, 1152);
});
