import { assert, assertEquals } from "../../kit/assert.ts";
import { gate, moveDigest } from "../../../src/moves/gate.ts";
import type { Move } from "../../../src/moves/schema.ts";

const SAFE: readonly Move[] = [
  { kind: "noop" },
  { kind: "goal.write", id: "a", body: "x" },
  { kind: "goal.archive", id: "a" },
  { kind: "sensor.archive", name: "a" },
  { kind: "schedule.write", name: "a", every: 60_000 },
  { kind: "schedule.rm", name: "a" },
  { kind: "worker.start", id: "a", prompt: "look", runner: "claude" },
  { kind: "worker.restart", id: "a" },
  { kind: "tell", worker: "a", text: "x" },
  { kind: "withdraw", ask: "a-1" },
  { kind: "notify", message: "x" },
];

const ASKS: readonly Move[] = [
  { kind: "playbook.write", body: "x" },
  { kind: "run", argv: ["ls"] },
  { kind: "run", argv: ["ls", "-la"] },
  { kind: "sensor.write", name: "a", script: "#!/bin/sh\necho '{}'" },
  { kind: "sensor.write", name: "a", script: "#!/usr/bin/env python3\nprint('{}')" },
  { kind: "worker.start", id: "a", prompt: "x", command: "make" },
  { kind: "worker.start", id: "a", prompt: "x", verify: "test -f x" },
  { kind: "worker.start", id: "a", prompt: "make", runner: "sh" },
  { kind: "worker.kill", id: "a" },
  { kind: "answer", ask: "a-1", text: "yes" },
  { kind: "session.send", id: "a", text: "x" },
  { kind: "session.key", id: "a", keys: ["Enter"] },
];

const BLOCKED: readonly Move[] = [
  { kind: "run", argv: ["sudo id"] },
  { kind: "run", argv: ["sudo", "id"] },
  { kind: "sensor.write", name: "a", script: "#!/bin/sh\nsudo id" },
  { kind: "sensor.write", name: "a", script: "#!/usr/bin/env bash\nrm -rf /" },
  { kind: "worker.start", id: "a", prompt: "x", command: "sudo make" },
  { kind: "worker.start", id: "a", prompt: "x", verify: "reboot" },
  { kind: "worker.start", id: "a", prompt: "sudo make", runner: "sh" },
];

Deno.test("for people and root agents only the tripwire holds", async () => {
  for (const kind of ["human", "root"] as const) {
    for (const move of [...SAFE, ...ASKS]) assertEquals(await gate(move, { kind }, "pi"), "done", move.kind);
    for (const move of BLOCKED) assert(typeof await gate(move, { kind }, "pi") === "object", JSON.stringify(move));
  }
});

Deno.test("a brain does what is plainly safe, asks for the rest, and never what the tripwire stops", async () => {
  for (const move of SAFE) assertEquals(await gate(move, { kind: "brain" }, "pi"), "done", move.kind);
  for (const move of ASKS) {
    assertEquals(await gate(move, { kind: "brain" }, "pi"), { approval: moveDigest(move) }, move.kind);
  }
  for (const move of BLOCKED) {
    assert("blocked" in Object(await gate(move, { kind: "brain" }, "pi")), JSON.stringify(move));
  }
});

Deno.test("a worker without a runner is judged by the runner it will get", async () => {
  const move: Move = { kind: "worker.start", id: "a", prompt: "sudo make" };
  assertEquals(await gate(move, { kind: "root" }, "pi"), "done");
  assert(typeof await gate(move, { kind: "root" }, "sh") === "object");
});

Deno.test("an approval is bound to the exact move, whatever the order of its keys", () => {
  const digest = moveDigest({ kind: "run", argv: ["make", "x"], reason: "r" });
  assertEquals(digest, moveDigest({ reason: "r", argv: ["make", "x"], kind: "run" }));
  assert(digest !== moveDigest({ kind: "run", argv: ["make x"], reason: "r" }));
  assert(digest !== moveDigest({ kind: "run", argv: ["make", "x"], reason: "R" }));
});
