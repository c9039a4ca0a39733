import { type HolderLiveness, type LeaseFile, leaseState } from "../../../src/claims/lease.ts";
import { acquireClaim, reapClaims, releaseClaim, releaseClaims } from "../../../src/claims/lease_files.ts";
import { listClaims } from "../../../src/claims/store.ts";
import { assertEquals, assertFailed, assertIncludes, assertOk } from "../../kit/assert.ts";
import { makeContext } from "../../kit/context.ts";

const NOW = 1_700_000_000_000;

function holders(states: Readonly<Record<string, HolderLiveness>>): (session: string) => Promise<HolderLiveness> {
  return (session) => Promise.resolve(states[session] ?? "never");
}

Deno.test("a lease holds unless it is known that it does not", () => {
  const claim = (more: { expires?: number; ts?: number } = {}): LeaseFile => ({
    kind: "claim",
    claim: { session: "w", name: "x", nonce: "n", ts: more.ts ?? 0, ...(more.expires === undefined ? {} : more) },
  });
  const rows: readonly (readonly [string, LeaseFile, HolderLiveness, string])[] = [
    ["its holder lives", claim(), "alive", "held"],
    ["unknown is held", claim(), "unknown", "held"],
    ["its holder is dead", claim(), "dead", "holder dead"],
    ["its time is over", claim({ expires: 100_000 }), "alive", "expired"],
    ["its time is not over", claim({ expires: 100_001 }), "alive", "held"],
    ["a person's, for a time", claim({ expires: 100_001 }), "never", "held"],
    ["dead before its time", claim({ expires: 100_001 }), "dead", "holder dead"],
    ["nobody knows this session, and there is no time", claim(), "never", "holder dead"],
    ["nobody knows this session yet", claim({ ts: 95_000 }), "never", "held"],
    ["being written", { kind: "broken", mtimeMs: 90_000 }, "unknown", "held"],
    ["debris", { kind: "broken", mtimeMs: 89_999 }, "unknown", "debris"],
    ["cannot be read", { kind: "opaque" }, "unknown", "held"],
  ];
  for (const [name, file, holder, want] of rows) assertEquals(leaseState(file, { now: 100_000, holder }), want, name);
});

Deno.test("one holder at a time; renewed by it, freed by it, taken over when it is dead", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const alive = holders({ a: "alive", b: "alive" });
  const first = assertOk(await acquireClaim(ctx, { name: "deploy", holder: "a" }, alive));
  const held = assertFailed(await acquireClaim(ctx, { name: "deploy", holder: "b" }, alive));
  assertEquals(held.kind, "conflict");
  assertIncludes(held.state, "a has held it");
  const renewed = assertOk(await acquireClaim(ctx, { name: "deploy", holder: "a", forMs: 60_000 }, alive));
  assertEquals(renewed.renewed, true);
  assertEquals(renewed.claim.nonce === first.claim.nonce, false);
  assertEquals(assertFailed(await releaseClaim(ctx, { name: "deploy", holder: "b" }, alive)).kind, "conflict");
  assertEquals(
    assertFailed(await acquireClaim(ctx, { name: "deploy", holder: "b" }, holders({ a: "unknown" }))).kind,
    "conflict",
  );
  assertOk(await acquireClaim(ctx, { name: "deploy", holder: "b" }, holders({ a: "dead" })));
  const lost = assertFailed(await releaseClaim(ctx, { name: "deploy", holder: "a" }, alive));
  assertIncludes(lost.state, "b has held it");
  assertEquals(assertOk(await releaseClaim(ctx, { name: "deploy", holder: "b" }, alive)), "released");
  assertEquals(assertOk(await releaseClaim(ctx, { name: "deploy", holder: "b" }, alive)), "absent");
});

Deno.test("a hundred at once: one holds, ninety-nine are told who", async () => {
  await using test = await makeContext();
  const ctx = test.context;
  const alive = (): Promise<HolderLiveness> => Promise.resolve("alive");
  const ends = await Promise.all(
    Array.from({ length: 100 }, (_, n) => acquireClaim(ctx, { name: "x", holder: `w${n}` }, alive)),
  );
  assertEquals(ends.filter(({ ok }) => ok).length, 1);
  const stale = await Promise.all(
    Array.from({ length: 20 }, (_, n) => acquireClaim(ctx, { name: "x", holder: `v${n}` }, holders({}))),
  );
  assertEquals(stale.filter(({ ok }) => ok).length, 0);
});

Deno.test("the reaper frees what is dead, expired or debris, and nothing that it cannot tell", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  const { claims } = ctx.profile.paths;
  const all = holders({ dead: "dead", alive: "alive", puzzling: "unknown" });
  const alive = holders({ dead: "alive", alive: "alive", puzzling: "alive" });
  for (const holder of ["dead", "alive", "puzzling"]) {
    assertOk(await acquireClaim(ctx, { name: holder, holder }, alive));
  }
  assertOk(await acquireClaim(ctx, { name: "short", holder: "@human", forMs: 1000 }, alive));
  assertOk(await acquireClaim(ctx, { name: "long", holder: "@human", forMs: 60_000 }, alive));
  for (const [name, text, age] of [["empty", "", 11], ["fresh", "", 1], ["strange", '{"v":9}', 11]] as const) {
    await Deno.writeTextFile(`${claims}/${name}.json`, text);
    await Deno.utime(`${claims}/${name}.json`, NOW / 1000 + 1 - age, NOW / 1000 + 1 - age);
  }
  await Deno.writeTextFile(
    `${claims}/newer.json`,
    JSON.stringify({ v: 9, session: "dead", name: "newer", ts: 1, nonce: "" }),
  );
  await Deno.writeTextFile(`${claims}/not an id.json`, "");
  test.advance(1000);
  const reaped = await reapClaims(ctx, all);
  assertEquals(reaped.map(({ name, why }) => [name, why]), [
    ["dead", "holder dead"],
    ["empty", "debris"],
    ["short", "expired"],
  ]);
  assertEquals(listClaims(ctx).map(({ name }) => name), ["alive", "fresh", "long", "newer", "puzzling", "strange"]);
  assertEquals(await releaseClaims(ctx, "alive"), ["alive"]);
});

Deno.test("a lease that changed hands between look and removal stays", async () => {
  await using test = await makeContext({ now: NOW });
  const ctx = test.context;
  assertOk(await acquireClaim(ctx, { name: "x", holder: "old" }, holders({ old: "alive" })));
  // While the reaper looks whether the old holder lives, it ends and a new one takes the lease.
  const reaped = await reapClaims(ctx, async () => {
    await acquireClaim(ctx, { name: "x", holder: "new" }, holders({ old: "dead" }));
    return "dead";
  });
  assertEquals(reaped, []);
  assertEquals(listClaims(ctx)[0]?.claim?.session, "new");
});
