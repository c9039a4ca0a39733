import { assertEquals } from "../../kit/assert.ts";
import { reasonOf } from "../../../src/verbs/upgrade_reason.ts";

const rows: readonly {
  readonly name: string;
  readonly said: string;
  readonly why: string;
  readonly hint?: string;
}[] = [
  {
    name: "a sentence of install.sh, with its hint",
    said: `curl: (22) The requested URL returned error: 404
looop: Cannot install looop: looop-linux-x86_64 is not what the release says (SHA-256 1, wanted 2)
  nothing was changed; fetch it again, or tell the maintainers
`,
    why: "looop-linux-x86_64 is not what the release says (SHA-256 1, wanted 2)",
    hint: "nothing was changed; fetch it again, or tell the maintainers",
  },
  { name: "a sentence without a hint", said: "looop: Cannot install looop: no\n", why: "no" },
  {
    name: "what is no sentence",
    said: "curl: (6)\nhttp://x/install.sh could not be fetched\n",
    why: "http://x/install.sh could not be fetched",
  },
  { name: "nothing", said: "\n", why: "" },
  {
    name: "npm, which has codes first and its log last",
    said: `npm warn config something
npm error code EACCES
npm error syscall mkdir
npm error path /usr/lib/node_modules/looop
npm error errno -13
npm error Error: EACCES: permission denied, mkdir '/usr/lib/node_modules/looop'
npm error
npm error The operation was rejected by your operating system.
npm error A complete log of this run can be found in: /home/me/.npm/_logs/1.log
`,
    why: "Error: EACCES: permission denied, mkdir '/usr/lib/node_modules/looop'",
    hint: "A complete log of this run can be found in: /home/me/.npm/_logs/1.log",
  },
  {
    name: "git, which has the files below and advice last",
    said: `error: Your local changes to the following files would be overwritten by merge:
\tREADME.md
\tmain.ts
Please commit your changes or stash them before you merge.
Aborting
`,
    why: "Your local changes to the following files would be overwritten by merge: README.md, main.ts",
  },
  {
    name: "git, in one line",
    said: "hint: Diverging branches can't be fast-forwarded\nfatal: Not possible to fast-forward, aborting.\n",
    why: "Not possible to fast-forward, aborting.",
  },
];

for (const { name, said, why, hint } of rows) {
  Deno.test(`the reason why an upgrade failed, in ${name}`, () => {
    const found = reasonOf(said);
    assertEquals([found.why, found.hint], [why, hint]);
  });
}
