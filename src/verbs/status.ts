import { formatAge } from "../base/duration.ts";
import { never, ok } from "../base/result.ts";
import { fitLine } from "../base/width.ts";
import type { Result } from "../failure.ts";
import { gatherWorld } from "../world/gather.ts";
import { worldTexts } from "../world/items.ts";
import { isStale, type StatusJson, statusJson } from "../world/status.ts";
import type { StatusLine } from "../world/status_line.ts";
import type { World } from "../world/world.ts";
import { switchOf } from "./input.ts";
import { type Call, verb } from "./verb.ts";
import { askLines, block, counted, headerLine, noticeLines, troubleLines, workerLines } from "./world_text.ts";

type Output =
  | { readonly kind: "line"; readonly line: StatusLine }
  | { readonly kind: "whole"; readonly world: World; readonly status: StatusJson; readonly check: boolean };

/** `looop status`: the loop at a glance. */
export const module = verb<Output>({
  run: async ({ context, os }, input): Promise<Result<Output>> => {
    if (switchOf(input, "line")) {
      const { statusLine } = await import("../world/status_line.ts");
      return ok({ kind: "line", line: statusLine(context) });
    }
    const now = os.clock.now();
    const world = await gatherWorld(context, now);
    const status = await statusJson(context, world, worldTexts(world, now));
    return ok({ kind: "whole", world, status, check: switchOf(input, "check") });
  },
  text: (output, call) => {
    switch (output.kind) {
      case "line":
        return lineText(output.line);
      case "whole":
        return statusText(output, call).join("\n");
      default:
        return never(output);
    }
  },
  json: (output) => output.kind === "line" ? output.line : output.status,
  exit: (output) => output.kind === "whole" && output.check && isDown(output.status) ? 1 : 0,
});

function isDown({ pulse }: StatusJson): boolean {
  return !pulse.running || pulse.stale;
}

/** `looop ok`, `looop DOWN · 2 asks · 1 notice · 3 workers`: what is nothing is left out. */
function lineText({ alive, asks, notices, workers }: StatusLine): string {
  const counts: readonly (readonly [number, string])[] = [[asks, "ask"], [notices, "notice"], [workers, "worker"]];
  const parts = counts.filter(([n]) => n > 0).map(([n, word]) => counted(n, word));
  return [alive ? "looop ok" : "looop DOWN", ...parts].join(" · ");
}

function statusText(
  { world, status }: { readonly world: World; readonly status: StatusJson },
  { columns }: Call,
): readonly string[] {
  const stale = isStale(world)
    ? ["the pulse runs but has not beaten for long: looop log pulse, or looop down; looop up"]
    : [];
  const waits = status.waits.map(({ client, for_s }) => `${client} waits for ${formatAge(for_s * 1000)}`);
  return [
    fitLine(headerLine(world), columns),
    ...[...troubleLines(world), ...stale].map((line) => `  ${fitLine(line, columns - 2)}`),
    ...block("asks", askLines(world), columns, 8),
    ...block("notices", noticeLines(world), columns, 5),
    ...block("workers", workerLines(world), columns),
    ...block(
      "agents",
      waits.length === 0 ? ["nobody waits: start one and tell it to read looop help agent"] : waits,
      columns,
    ),
    fitLine(`profile ${status.data_dir}`, columns),
  ];
}
