import { ok } from "../base/result.ts";
import { fitLine } from "../base/width.ts";
import { gatherWorld } from "../world/gather.ts";
import { worldTexts } from "../world/items.ts";
import { stateJson } from "../world/state.ts";
import type { StateJson } from "../world/state_json.ts";
import type { World } from "../world/world.ts";
import { type Call, verb } from "./verb.ts";
import { askLines, block, headerLine, noticeLines, sensorLines, troubleLines, workerLines } from "./world_text.ts";

interface Output {
  readonly world: World;
  readonly state: StateJson;
}

/** `looop _ state`: the world as it is now. */
export const module = verb<Output>({
  run: async ({ context, os }) => {
    const now = os.clock.now();
    const world = await gatherWorld(context, now);
    return ok({ world, state: await stateJson(context, world, worldTexts(world, now)) });
  },
  text: (output, call) => stateText(output, call).join("\n"),
  json: ({ state }) => state,
});

/** The state as a screenful. */
export function stateText({ world, state }: Output, { columns }: Pick<Call, "columns">): readonly string[] {
  return [
    fitLine(headerLine(world), columns),
    ...troubleLines(world).map((line) => `  ${fitLine(line, columns - 2)}`),
    ...block("asks", askLines(world), columns),
    ...block("notices", noticeLines(world), columns),
    ...block("readings", sensorLines(world), columns),
    ...block("workers", workerLines(world), columns),
    ...block("journal", state.journal_tail.slice(-3), columns),
  ];
}
