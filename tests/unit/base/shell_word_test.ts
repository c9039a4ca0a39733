import { shellWord } from "../../../src/base/shell_word.ts";
import { assertEquals } from "../../kit/assert.ts";

Deno.test("shellWord is the text again after a shell has read it", async () => {
  const texts = [
    "plain-word_1.txt",
    "",
    "two words",
    "it's",
    '$HOME `id` "x" \\n !',
    "line one\nline 'two' 100%\\\ttab",
    "escape \x1b[31m red",
    "--flag",
    "höher 漢字 🎉\nnext",
  ];
  for (const text of texts) {
    const { stdout } = await new Deno.Command("sh", { args: ["-c", `printf %s ${shellWord(text)}`] }).output();
    assertEquals(new TextDecoder().decode(stdout), text);
    assertEquals(shellWord(text).includes("\n"), false);
  }
});
