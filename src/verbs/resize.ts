import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import { sessionOf } from "../moves/worker_kill.ts";
import { parseSize, resize } from "../sessions/resize.ts";
import { requiredText } from "./input.ts";
import { type Call, type Input, verb } from "./verb.ts";

interface Resized {
  readonly id: string;
  readonly cols: number;
  readonly rows: number;
}

/** `looop resize <id> COLSxROWS` */
export const module = verb<Resized>({ run, text: ({ id, cols, rows }) => `${id} is ${cols}x${rows}` });

async function run(call: Call, input: Input): Promise<Result<Resized>> {
  const found = sessionOf(call.context, requiredText(input, "id"), "resize");
  if (!found.ok) return found;
  const text = requiredText(input, "size");
  const size = parseSize(text);
  if (size === undefined) {
    return fail("usage", `resize "${found.value.id}"`, `"${text}" is no size`, { hint: "columns and rows: 120x40" });
  }
  const done = await resize(call.context, found.value, size);
  return done.ok ? ok({ id: found.value.id, cols: size.columns, rows: size.rows }) : done;
}
