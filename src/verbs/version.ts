import { ok } from "../base/result.ts";
import { VERSION } from "../base/version.ts";
import { verb } from "./verb.ts";

/** `looop version` */
export const module = verb<{ readonly version: string }>({
  run: () => Promise.resolve(ok({ version: VERSION })),
  text: ({ version }) => `looop ${version}`,
});
