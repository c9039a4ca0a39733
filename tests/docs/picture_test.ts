import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { demoLines, drawing } from "../../scripts/picture.ts";
import { makeRig } from "../kit/rig.ts";
import { assert, assertEquals, assertIncludes } from "../kit/assert.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The text of a picture, line by line, without the spans of time. */
function textOf(svg: string): readonly string[] {
  return [...svg.matchAll(/<text [^>]*>(.*)<\/text>/g)].map(([, line = ""]) =>
    line.replace(/<[^>]*>/g, "").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&")
      .replace(/\(\d+\.\d s\)/, "").trimEnd()
  );
}

Deno.test("the picture in the README shows what the demo prints today", async () => {
  const svg = await Deno.readTextFile(join(ROOT, "docs/demo.svg"));
  await using rig = await makeRig();
  const { stdout } = await rig.ok(["demo", "--fast"]);
  const [, ...kept] = textOf(svg);
  assertEquals(kept, textOf(drawing(demoLines(stdout))).slice(1), "draw it anew: scripts/deno task picture");
  assertIncludes(await Deno.readTextFile(join(ROOT, "README.md")), "docs/demo.svg");
  assertEquals(svg.match(/<(?:text|tspan)\b/g)?.length, svg.match(/<\/(?:text|tspan)>/g)?.length);
  assert(
    svg.startsWith("<svg ") && svg.endsWith("</svg>\n") && !/[^\x20-\x7e\n…—→]/.test(svg),
    "a character that no font may have",
  );
});
