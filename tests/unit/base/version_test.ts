import { assertEquals } from "../../kit/assert.ts";
import { COMMIT, VERSION } from "../../../src/base/version.ts";

Deno.test("the version is that of deno.json, and a checkout names no commit", () => {
  const { version } = JSON.parse(Deno.readTextFileSync(new URL("../../../deno.json", import.meta.url)));
  assertEquals([VERSION, COMMIT], [version, ""]);
});
