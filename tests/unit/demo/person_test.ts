import { yesOrNo } from "../../../src/demo/person.ts";
import { assertEquals } from "../../kit/assert.ts";

Deno.test("yes and no are what somebody typed as such, and nothing else is", () => {
  const rows: readonly (readonly [string, "yes" | "no" | undefined])[] = [
    ["y", "yes"],
    [" YES ", "yes"],
    ["n", "no"],
    ["No", "no"],
    ["", undefined],
    ["perhaps", undefined],
    ["yesterday", undefined],
    ["nothing", undefined],
  ];
  for (const [typed, want] of rows) assertEquals(yesOrNo(typed), want, typed);
});
