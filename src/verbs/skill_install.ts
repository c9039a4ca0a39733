import { join, resolve } from "node:path";
import { ok } from "../base/result.ts";
import { fail, ioFailure, type Result } from "../failure.ts";
import { switchOf, textOf } from "./input.ts";
import { isSealed, skillText } from "./skill/text.ts";
import { shownVerbs } from "./help/verb_list.ts";
import { type Call, type Input, verb } from "./verb.ts";

interface Installed {
  readonly path: string;
  readonly changed: boolean;
  /** What became different, as `diff -u` says it; empty for a new file and for one that was as it is. */
  readonly diff: string;
  /** Where the text before is kept, when a changed one was replaced. */
  readonly kept?: string | undefined;
}

/** `looop skill install [--dir D] [--force]` */
export const module = verb<Installed>({ run, text });

async function run(call: Call, input: Input): Promise<Result<Installed>> {
  const dir = directory(call, input);
  if (!dir.ok) return dir;
  const path = join(dir.value, "SKILL.md");
  const thing = `install the skill as "${path}"`;
  const next = skillText(shownVerbs());
  const there = call.os.files.read(path);
  if (there.kind === "unreadable") return ioFailure(thing, there.failure);
  if (there.kind === "text" && there.text === next) return ok({ path, changed: false, diff: "" });
  const diff = there.kind === "text" ? await difference(call, path, next) : "";
  let kept: string | undefined;
  if (there.kind === "text" && !isSealed(there.text)) {
    if (!switchOf(input, "force")) {
      call.note(diff);
      return fail("conflict", thing, "somebody changed the file that is there", {
        hint: "looop skill install --force replaces it and keeps the old text beside it",
        data: { diff },
      });
    }
    // As it is, byte for byte: it need not be text that we can read.
    const before = call.os.files.readFrom(path, 0, there.stamp.size);
    if (!before.ok) return ioFailure(thing, before.failure);
    // Beside it before it is replaced, under a name that is free: a crash in between leaves both.
    for (let n = 1; kept === undefined; n++) {
      const name = `${path}.old-${n}`;
      const published = call.os.files.publish(name, before.value, 0o644);
      if (!published.ok) return ioFailure(thing, published.failure);
      if (published.value === "published") kept = name;
    }
  }
  const made = call.os.files.makeDir(dir.value, 0o755);
  if (!made.ok) return ioFailure(thing, made.failure);
  const written = call.os.files.replace(path, next, { mode: 0o644 });
  return written.ok ? ok({ path, changed: true, diff, kept }) : ioFailure(thing, written.failure);
}

function directory(call: Call, input: Input): Result<string> {
  const named = textOf(input, "dir");
  if (named?.trim() === "") {
    return fail("usage", "install the skill", "--dir is empty", {
      hint: "looop skill install --dir ~/.codex/skills/looop",
    });
  }
  if (named !== undefined) return ok(resolve(call.os.environment.cwd(), named));
  const home = call.os.environment.get("HOME");
  if (home === undefined) {
    return fail("usage", "install the skill", "HOME is not set", { hint: "looop skill install --dir D" });
  }
  return ok(join(home, ".claude", "skills", "looop"));
}

async function difference(call: Call, path: string, next: string): Promise<string> {
  const { stdout } = await call.os.processes.sh('printf %s "$LOOOP_TEXT" | diff -u -- "$1" -', [path], {
    env: { LOOOP_TEXT: next },
  });
  return stdout;
}

function text({ path, changed, diff, kept }: Installed): string {
  if (!changed) return `${path} is as it should be`;
  return [
    ...(diff === "" ? [] : [diff.trimEnd()]),
    ...(kept === undefined ? [] : [`the text before: ${kept}`]),
    `wrote ${path}`,
  ].join("\n");
}
