import { ok } from "../base/result.ts";
import { sentence } from "../failure.ts";
import { defaultConfig } from "../config/store.ts";
import { contentsOf } from "../profile/contents.ts";
import { locateProfile } from "../profile/locate.ts";
import { openProfile } from "../profile/open.ts";
import type { Os } from "../os/os.ts";
import { agentChecks } from "./doctor/agents.ts";
import { callbackCheck } from "./doctor/callbacks.ts";
import { bad, type Check, fine, warn } from "./doctor/check.ts";
import { contentChecks } from "./doctor/contents.ts";
import { machineChecks, machineFacts } from "./doctor/machine.ts";
import { nearestDir, placeChecks } from "./doctor/place.ts";
import { lines } from "./help/layout.ts";
import { type Call, verb } from "./verb.ts";

interface Diagnosis {
  readonly data_dir: string | null;
  readonly checks: readonly Check[];
  readonly failed: number;
  readonly warned: number;
}

/** `looop doctor` */
export const module = verb<Diagnosis>({
  run: async (call) => {
    const { dir, checks } = await examine(call.os);
    return ok({
      data_dir: dir,
      checks,
      failed: checks.filter(({ state }) => state === "fail").length,
      warned: checks.filter(({ state }) => state === "warn").length,
    });
  },
  text,
  exit: ({ failed }) => failed > 0 ? 1 : 0,
});

async function examine(os: Os): Promise<{ readonly dir: string | null; readonly checks: readonly Check[] }> {
  const paths = locateProfile(os);
  if (!paths.ok) {
    const facts = await machineFacts(os, "/");
    const machine = await machineChecks(os, facts, "/");
    return { dir: null, checks: [...machine, bad("profile", sentence(paths.failure), paths.failure.hint)] };
  }
  const near = nearestDir(os, paths.value.root);
  const facts = await machineFacts(os, near);
  const contents = contentsOf(os, paths.value);
  const complete = contents.ok && contents.value === "complete";
  const opened = await openProfile(os, { mode: "read" });
  const checks = [
    ...await machineChecks(os, facts, near),
    profileCheck(paths.value.root, opened),
    ...await placeChecks(os, { paths: paths.value, facts, complete: complete && opened.ok }),
    ...opened.ok ? contentChecks(opened.value) : [],
    ...await agentChecks(os, opened.ok ? opened.value.profile.config : defaultConfig()),
    await callbackCheck(os),
  ];
  return { dir: paths.value.root, checks };
}

function profileCheck(root: string, opened: Awaited<ReturnType<typeof openProfile>>): Check {
  if (opened.ok) return fine("profile", root);
  const { failure } = opened;
  return failure.kind === "no_profile"
    ? warn("profile", failure.state, failure.hint)
    : bad("profile", sentence(failure), failure.hint);
}

function text(output: Diagnosis, call: Call): string {
  const width = Math.max(...output.checks.map(({ name }) => name.length));
  const under = " ".repeat(width + 8);
  const shown = output.checks.flatMap(({ name, state, message, hint, lists = {} }) => [
    `${mark(state, call.color)}  ${name.padEnd(width)}  ${message}`,
    ...(hint === undefined || state === "ok" ? [] : [`${under}try: ${hint}`]),
    ...Object.entries(lists).flatMap(([what, names]) =>
      lines(`${what}: ${names.join(" ") || "none"}`, Math.max(40, call.columns - under.length)).map((line) =>
        under + line
      )
    ),
  ]);
  const { failed, warned } = output;
  const sum = failed + warned === 0
    ? "All is well."
    : `${failed} failed, ${warned} to look at, ${output.checks.length - failed - warned} well.`;
  return [...shown, sum].join("\n");
}

function mark(state: Check["state"], color: boolean): string {
  const word = { ok: "ok  ", warn: "warn", fail: "FAIL" }[state];
  const code = { ok: "32", warn: "33", fail: "31" }[state];
  return color ? `\x1b[${code}m${word}\x1b[0m` : word;
}
