import type { Environment } from "../os/environment.ts";
import { entryAt } from "./table.ts";

/** What agents call all day, so that its start is what they wait for. */
const HOT: readonly (readonly string[])[] = [
  ["_", "wait"],
  ["_", "state"],
  ["_", "ask"],
  ["_", "answer"],
  ["_", "told"],
  ["_", "claim"],
  ["_", "goal", "write"],
  ["_", "run"],
  ["_", "worker", "start"],
  ["status"],
];

/**
 * Loads the verbs that are called most. The runtime keeps the compiled code of what the first run of an executable loads (since it was
 * built, or since the temporary directory was emptied), and of nothing else; `up` is often that run, and in no hurry. A checkout has
 * a cache of another kind, and gains nothing.
 */
export async function warm(environment: Environment): Promise<void> {
  if (!environment.compiled) return;
  for (const path of HOT) await entryAt(path)?.load();
}
