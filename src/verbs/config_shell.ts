import { ok } from "../base/result.ts";
import { BASH, FISH, ZSH } from "./completions/scripts.ts";
import { verb, type VerbModule } from "./verb.ts";

/** `looop config zsh` */
export const zsh = printing("zsh", ZSH);

/** `looop config bash` */
export const bash = printing("bash", BASH);

/** `looop config fish` */
export const fish = printing("fish", FISH);

function printing(shell: string, script: string): VerbModule {
  return verb<{ readonly shell: string; readonly script: string }>({
    run: () => Promise.resolve(ok({ shell, script })),
    text: (output) => output.script.trimEnd(),
  });
}
