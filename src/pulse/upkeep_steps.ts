import type { UpkeepStep } from "./upkeep.ts";

/** What the nouns want done now and then, in the order in which they are started. */
export const UPKEEP: readonly UpkeepStep[] = [];
