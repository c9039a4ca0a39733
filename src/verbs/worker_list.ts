import { ok } from "../base/result.ts";
import { rowsNow, text, type WorkerRow } from "./ls.ts";
import { verb } from "./verb.ts";

/** `looop _ worker list`: all of them, ended ones too. */
export const module = verb<readonly WorkerRow[]>({
  run: async (call) => ok(await rowsNow(call, true)),
  text,
});
