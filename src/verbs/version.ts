import { ok } from "../base/result.ts";
import { COMMIT, VERSION } from "../base/version.ts";
import { verb } from "./verb.ts";

interface Version {
  readonly version: string;
  /** Empty in a checkout. */
  readonly commit: string;
}

/** `looop version` */
export const module = verb<Version>({
  run: () => Promise.resolve(ok({ version: VERSION, commit: COMMIT })),
  text: ({ version, commit }) => `looop ${version}${commit === "" ? "" : ` (${commit})`}`,
});
