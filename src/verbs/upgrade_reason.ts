/** Why a line that was to bring the newest looop failed, and what its program says to try. */
export interface Reason {
  /** Empty when nothing was said. */
  readonly why: string;
  readonly hint?: string | undefined;
}

/** Finds the reason in what install.sh, npm or git said on stderr: each says it somewhere else, and none in its last line. */
export function reasonOf(stderr: string): Reason {
  const lines = stderr.trim().split("\n");
  return ofInstaller(lines) ?? ofNpm(lines) ?? ofGit(lines) ?? { why: lines.at(-1) ?? "" };
}

const SENTENCE = "looop: Cannot install looop: ";

/** A sentence, and what to try in the lines below. */
function ofInstaller(lines: readonly string[]): Reason | undefined {
  const at = lines.findLastIndex((line) => line.startsWith(SENTENCE));
  if (at < 0) return undefined;
  const hint = lines.slice(at + 1).map((line) => line.trim()).join("\n");
  return { why: (lines[at] ?? "").slice(SENTENCE.length), hint: hint === "" ? undefined : hint };
}

/** Behind codes, and in front of where the log lies. */
function ofNpm(lines: readonly string[]): Reason | undefined {
  const said = lines.flatMap((line) => /^npm (?:error|ERR!) (.*\S.*)$/.exec(line)?.[1] ?? []);
  const why = said.find((line) => !/^(code|syscall|errno|path|dest) |^A complete log/.test(line));
  const log = said.find((line) => line.startsWith("A complete log"));
  return why === undefined ? undefined : { why, hint: log };
}

/** What it concerns, such as files, is set in below. */
function ofGit(lines: readonly string[]): Reason | undefined {
  const at = lines.findIndex((line) => /^(fatal|error): /.test(line));
  if (at < 0) return undefined;
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((line) => !line.startsWith("\t"));
  const concerned = rest.slice(0, end < 0 ? undefined : end).map((line) => line.trim()).join(", ");
  return { why: `${(lines[at] ?? "").replace(/^\w+: /, "")}${concerned === "" ? "" : ` ${concerned}`}` };
}
