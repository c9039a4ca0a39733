import { isCancel, select } from "@clack/prompts";
import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import { BUILT_IN, INSTALL_HINTS } from "../workers/runners.ts";

/**
 * Asks at the terminal which agent workers shall run: the installed ones first, each with the line that is run. Undefined: it is
 * left as it is. Loaded only when there is somebody to ask.
 */
export async function askForRunner(
  facts: { readonly root: string; readonly found: readonly string[]; readonly agents: readonly string[] },
): Promise<Result<string | undefined>> {
  const missing = facts.agents.filter((name) => !facts.found.includes(name));
  const answer = await select<string>({
    message: `Which agent do workers run? (profile: ${facts.root})`,
    options: [
      ...facts.found.map((name) => ({ value: name, label: name, hint: BUILT_IN[name]?.command ?? "" })),
      { value: "", label: "leave it as it is", hint: "looop config set default NAME changes it later" },
      ...missing.map((name) => ({ value: name, label: `${name} (not installed)`, hint: INSTALL_HINTS[name] ?? "" })),
    ],
    initialValue: facts.found[0] ?? "",
  });
  if (isCancel(answer)) return fail("interrupted", "set looop up", "you stopped it, and nothing was changed");
  return ok(answer === "" ? undefined : answer);
}
