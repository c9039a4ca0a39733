import { fail, type Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import { followPulseLog } from "../pulse/follow_log.ts";
import { readableLine } from "../pulse/log_format.ts";
import { countOf, durationOf, listOf, switchOf, textOf } from "./input.ts";
import { type Call, type Input, verb } from "./verb.ts";

/** How many lines are shown when it is not said. */
const TAIL = 50;

/** `looop log <id>…`: here for `pulse`, whose lines are NDJSON on disk. */
export const module = verb<string>({
  async *follow(call: Call, input: Input): AsyncIterable<Result<string>> {
    const [id] = listOf(input, "id");
    if (id !== "pulse") {
      yield fail("not_found", `show the log of "${id}"`, "there is no such session");
      return;
    }
    const tail = countOf(input, "tail");
    const since = durationOf(input, "since");
    const grep = patternOf(input);
    for (const checked of [tail, since, grep]) {
      if (!checked.ok) {
        yield checked;
        return;
      }
    }
    if (!tail.ok || !since.ok || !grep.ok) return;
    const plain = call.json || switchOf(input, "raw") || call.context.profile.config.logFormat === "json";
    const lines = followPulseLog(call.context, {
      tail: tail.value ?? TAIL,
      sinceMs: since.value,
      grep: grep.value,
      follow: switchOf(input, "follow"),
      signal: call.signal,
    });
    for await (const line of lines) yield line.ok ? ok(plain ? line.value : readableLine(line.value)) : line;
  },
  text: (line) => line,
  json: (line) => JSON.parse(line),
});

function patternOf(input: Input): Result<RegExp | undefined> {
  const text = textOf(input, "grep");
  if (text === undefined) return ok(undefined);
  try {
    return ok(new RegExp(text));
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return fail("usage", `use "${text}" for --grep`, said);
  }
}
