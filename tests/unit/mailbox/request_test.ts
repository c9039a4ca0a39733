import { type AskWords, parseRequest, retryLine } from "../../../src/mailbox/request.ts";
import { readAncestry } from "../../../src/mailbox/ancestry.ts";
import { choiceOf } from "../../../src/verbs/answer_prompt.ts";
import { visible } from "../../../src/verbs/consent.ts";
import { parse } from "../../../src/cli/parse.ts";
import { mailboxEntries } from "../../../src/verbs/entries/mailbox.ts";
import { assertEquals, assertFailed, assertIncludes, assertOk } from "../../kit/assert.ts";

Deno.test("a bad ask is refused before anything is written, and says what to type", () => {
  const base: AskWords = { worker: "w", prompt: "Which?" };
  const rows: readonly (readonly [Partial<AskWords>, string])[] = [
    [{ worker: "../x" }, "not an id"],
    [{ worker: "pulse" }, "not an id"],
    [{ prompt: undefined }, "--prompt is missing"],
    [{ prompt: "\n" }, "prompt is empty"],
    [{ options: "a,,b" }, "no list"],
    [{ options: "a,a" }, "no list"],
    [{ kind: "wish" }, "no kind"],
    [{ key: "" }, "--key"],
    [{ kind: "approval" }, "names exactly"],
    [{ kind: "approval", action: "x", options: "yes,no" }, "yes or no"],
    [{ kind: "approval", action: "x", expiresMs: 1, fallback: "yes" }, "refusal"],
    [{ kind: "approval", action: "x", fallback: "no" }, "refusal"],
    [{ action: "x" }, "only an approval"],
    [{ expiresMs: 1 }, "go together"],
    [{ fallback: "a" }, "go together"],
    [{ options: "a,b", expiresMs: 1, fallback: "c" }, "none of the options"],
  ];
  for (const [words, state] of rows) {
    const failure = assertFailed(parseRequest({ ...base, ...words }));
    assertEquals(failure.kind, "usage");
    assertIncludes(failure.state, state);
  }
  assertEquals(assertOk(parseRequest({ ...base, prompt: "a\nb\n\n" })).prompt, "a\nb");
  assertEquals(assertOk(parseRequest({ ...base, kind: "approval", action: "x", expiresMs: 5 })).fallback, "no");
  assertEquals(assertOk(parseRequest({ ...base, options: " a , b" })).options, ["a", "b"]);
});

Deno.test("the line to run again, read by a shell and by the parser, is the same ask", async () => {
  const entry = mailboxEntries.find(({ path }) => path.join(" ") === "_ ask");
  if (entry === undefined) throw new Error("there is no _ ask");
  const words: AskWords = {
    worker: "w",
    prompt: 'It\'s 100 %:\n\ta \\ "b" $c `d`',
    ref: "/tmp/a report.md",
    options: "--yes,it's no",
    key: "k 1",
    expiresMs: 5_400_000,
    fallback: "--yes",
  };
  const line = retryLine(words, { program: "looop", timeoutMs: 90_000 });
  assertEquals(line.includes("\n"), false);
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", `looop() { for word; do printf '%s\\0' "$word"; done; }; ${line}`],
  }).output();
  const read = new TextDecoder().decode(stdout).split("\0").slice(0, -1);
  const { input } = assertOk(parse(entry, read.slice(2)));
  assertEquals([
    input.id,
    input.prompt,
    input.ref,
    input.options,
    input.key,
    input.expires,
    input.default,
    input.timeout,
  ], [
    words.worker,
    words.prompt,
    words.ref,
    words.options,
    words.key,
    "90m",
    words.fallback,
    "90s",
  ]);
});

Deno.test("only a whole way up without a mark is free", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["tty pts/3\npid 9\npid 1\nend\n", "free"],
    ["tty ?\npid 9\nend\n", "free"],
    ["tty pts/3\npid 9\nmark fix-ci\npid 1\nend\n", "marked"],
    ["tty pts/3\npid 9\nmark fix-ci\nlost 4\n", "marked"],
    ["tty pts/3\npid 9\nlost 4\n", "unknown"],
    ["", "unknown"],
  ];
  for (const [output, kind] of rows) assertEquals(readAncestry(output).kind, kind, output);
});

Deno.test("numbers choose options, unless an option is that number", () => {
  assertEquals(choiceOf("2", ["a", "b"]), "b");
  assertEquals(choiceOf("3", ["a", "b"]), "3");
  assertEquals(choiceOf("2", ["2", "b"]), "2");
  assertEquals(choiceOf(" a ", ["a", "b"]), "a");
});

Deno.test("nothing of what is approved hides on a screen", () => {
  assertEquals(
    visible("rm -rf x\r\x1b[2Kls\u202etxt\u200b\u00ad"),
    "rm -rf x\\u{d}\\u{1b}[2Kls\\u{202e}txt\\u{200b}\\u{ad}",
  );
  assertEquals(visible("zwei\nZeilen – höher 漢字 🎉"), "zwei\nZeilen – höher 漢字 🎉");
  assertEquals(visible("\ud800"), "\\u{d800}");
});
