import { ok } from "../base/result.ts";
import { EXIT_CODES, type Result } from "../failure.ts";
import { sessionOf } from "../moves/worker_kill.ts";
import { exitCodeOf, type SessionRef, type SessionView } from "../sessions/schema.ts";
import { waitSessions } from "../sessions/wait.ts";
import { durationOf, listOf, switchOf } from "./input.ts";
import { type Call, type Input, verb } from "./verb.ts";

/** How the sessions that were waited for ended. */
interface Ended {
  readonly sessions: readonly {
    readonly id: string;
    readonly generation: number;
    readonly state: string;
    readonly exit_code: number | null;
  }[];
}

/** `looop wait <id>… [--any] [--timeout D]`: ends as the session did. */
export const module = verb<Ended>({ run, text, exit });

async function run(call: Call, input: Input): Promise<Result<Ended>> {
  const refs: SessionRef[] = [];
  for (const id of listOf(input, "id")) {
    const found = sessionOf(call.context, id, "wait for");
    if (!found.ok) return found;
    refs.push(found.value);
  }
  const timeout = durationOf(input, "timeout");
  if (!timeout.ok) return timeout;
  const any = switchOf(input, "any");
  const seen = await waitSessions(call.context, refs, {
    any,
    timeoutMs: timeout.value || undefined,
    signal: call.signal,
  });
  if (!seen.ok) return seen;
  const over = seen.value.filter((view) => !view.alive && view.state.kind !== "unstarted");
  return ok({ sessions: (any ? over.slice(0, 1) : seen.value).map(rowOf) });
}

function rowOf(view: SessionView): Ended["sessions"][number] {
  return { id: view.id, generation: view.generation, state: view.state.kind, exit_code: exitCodeOf(view.state) };
}

function text({ sessions }: Ended): string {
  return sessions.map(({ id, state, exit_code }) => `${id} ${state}${exit_code === null ? "" : ` ${exit_code}`}`).join(
    "\n",
  );
}

/** The command's own code; lost ones are 125; of several the first that is not 0. */
function exit({ sessions }: Ended): number {
  const codes = sessions.map(({ state, exit_code }) => {
    if (state === "lost" || state === "orphaned") return EXIT_CODES.lost;
    return exit_code ?? 128 + 9; // killed, and nobody was left to record how
  });
  return codes.find((code) => code !== 0) ?? 0;
}
