import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import { SPELLINGS } from "./spellings.ts";
import { listOf } from "./input.ts";
import { entryAt, pathText } from "./table.ts";
import { verb, type VerbEntry } from "./verb.ts";
import { topicLines, TOPICS } from "./help/topics.ts";
import { verbHelp } from "./help/verb_help.ts";
import { shownVerbs, verbLines } from "./help/verb_list.ts";

/** What help printed: the words asked for (none: the manual) and the text. */
interface Help {
  readonly topic: string;
  readonly text: string;
}

/** `looop help [topic…]`: reads nothing but the program itself, and writes nothing. */
export const module = verb<Help>({
  run: async (_call, input): Promise<Result<Help>> => {
    // `help --json`, `help -x`: whatever looks like an option is not what is asked about.
    const words = listOf(input, "topic").filter((word) => !/^-./.test(word));
    const text = await helpFor(words);
    if (text !== undefined) return ok({ topic: words.join(" "), text });
    return fail("not_found", `explain "${words.join(" ")}"`, "there is no such topic or verb", {
      hint: `topics: ${TOPICS.map(({ name }) => name).join(", ")}; or a verb, as in: looop help _ goal write`,
    });
  },
  text: ({ text }) => text,
});

/** The text for a topic, a verb, or the beginning of several verbs; undefined when the words are none of these. */
export async function helpFor(words: readonly string[]): Promise<string | undefined> {
  if (words.length === 0) return (await import("./help/topics/manual.ts")).manual();
  const topic = TOPICS.find(({ name }) => name === words.join("-"));
  if (topic !== undefined) return await topic.text();
  const entry = entryFor(words);
  const group = groupOf(words);
  if (entry !== undefined) {
    const twin = entryAt(entry.path[0] === "_" ? entry.path.slice(1) : ["_", ...entry.path]);
    const more = group.filter((member) => member !== entry);
    const others = twin === undefined || twin.hidden === true || more.includes(twin) ? more : [...more, twin];
    return others.length === 0 ? verbHelp(entry) : `${verbHelp(entry)}\n\nSee also:\n${verbLines(others)}`;
  }
  return group.length === 0 ? undefined : `${verbLines(group)}\n\n${topicLines()}`;
}

/** The verb at these words, with or without its `_`, or under another spelling. */
function entryFor(words: readonly string[]): VerbEntry | undefined {
  const meant = SPELLINGS.find(([typed]) => typed === words.join(" "))?.[1].split(" ");
  const found = entryAt(words) ?? entryAt(meant ?? ["_", ...words]);
  return found?.aliasOf === undefined ? found : entryAt(found.aliasOf);
}

function groupOf(words: readonly string[]): readonly VerbEntry[] {
  const begins = (start: string) => shownVerbs().filter(({ path }) => pathText(path).startsWith(`${start} `));
  const own = begins(words.join(" "));
  return own.length > 0 ? own : begins(`_ ${words.join(" ")}`);
}
