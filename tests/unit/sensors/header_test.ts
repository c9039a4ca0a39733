import { assertEquals } from "../../kit/assert.ts";
import { hasShebang, parseHeader } from "../../../src/sensors/header.ts";

const HEADERS: readonly {
  readonly name: string;
  readonly head: string;
  readonly want: { readonly intervalMs?: number; readonly timeoutMs?: number; readonly problems?: number };
}[] = [
  { name: "none", head: "#!/bin/sh\necho {}", want: {} },
  {
    name: "both, in sh",
    head: "#!/bin/sh\n# looop:interval=5m\n#looop:timeout=20s",
    want: { intervalMs: 300_000, timeoutMs: 20_000 },
  },
  { name: "in a script for deno", head: "#!/usr/bin/env deno\n// looop:interval=2h", want: { intervalMs: 7_200_000 } },
  { name: "bare numbers are seconds", head: "# looop:interval=90", want: { intervalMs: 90_000 } },
  { name: "nothing faster than a second", head: "# looop:interval=10ms", want: { intervalMs: 1_000 } },
  { name: "zero would spin", head: "# looop:interval=0", want: { problems: 1 } },
  {
    name: "what is not understood is told",
    head: "# looop:interval=soon\n# looop:timeout=1s",
    want: { timeoutMs: 1_000, problems: 1 },
  },
  { name: "an unknown header is told", head: "# looop:cadence=60s", want: { problems: 1 } },
  { name: "the last one counts", head: "# looop:interval=1m\n# looop:interval=2m", want: { intervalMs: 120_000 } },
  { name: "line 20 counts", head: `${"\n".repeat(19)}# looop:interval=60s`, want: { intervalMs: 60_000 } },
  { name: "line 21 does not", head: `${"\n".repeat(20)}# looop:interval=60s`, want: {} },
  { name: "code is no comment", head: "echo looop:interval=60s", want: {} },
];

for (const { name, head, want } of HEADERS) {
  Deno.test(`parseHeader() ${name}`, () => {
    const { intervalMs, timeoutMs, problems } = parseHeader(head);
    assertEquals({ intervalMs, timeoutMs, problems: problems.length }, {
      intervalMs: want.intervalMs,
      timeoutMs: want.timeoutMs,
      problems: want.problems ?? 0,
    });
  });
}

Deno.test("hasShebang() wants it at the very start", () => {
  assertEquals(["#!/bin/sh\n", "#! /usr/bin/env python3"].map(hasShebang), [true, true]);
  assertEquals(["", "#!", "#!\n/bin/sh", "\n#!/bin/sh", "echo {}", "\u007fELF"].map(hasShebang), Array(6).fill(false));
});
