/** A process of this machine, as far as tests look at it. */
export interface RunningProcess {
  readonly pid: number;
  readonly zombie: boolean;
  /** Its words, joined by blanks. */
  readonly command: string;
  /** Its command line and, where it may be read, its environment: what `ps axeww` shows. */
  readonly whole: string;
}

/**
 * All processes. On Linux from /proc, so that the tests need no `ps`, which small systems do not have; elsewhere from `ps`. One that ends
 * meanwhile is left out.
 */
export async function allProcesses(): Promise<readonly RunningProcess[]> {
  if (Deno.build.os === "linux") {
    const pids = [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter(Number.isInteger);
    return pids.map(fromProc).filter((found) => found !== undefined);
  }
  const [commands, whole] = await Promise.all([ps("pid=,stat=,command="), ps("pid=,command=", "e")]);
  const wholeOf = new Map(whole.map((line) => [Number.parseInt(line), line.replace(/^\s*\d+\s+/, "")]));
  return commands.flatMap((line) => {
    const [, pid = "", stat = "", command = ""] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    if (pid === "") return [];
    return [{ pid: Number(pid), zombie: stat.startsWith("Z"), command, whole: wholeOf.get(Number(pid)) ?? command }];
  });
}

/**
 * So many seconds for sleep(1), as no other run of the tests writes them: what `running` finds of them is this run's, also while another
 * one goes on beside it.
 */
export function ownSpan(seconds: number): string {
  return `${seconds}.${String(Deno.pid).padStart(8, "0")}`;
}

/** Live processes whose command line has this text. */
export async function running(text: string): Promise<readonly RunningProcess[]> {
  return (await allProcesses()).filter(({ zombie, command }) => !zombie && command.includes(text));
}

/** Whether a process of this number lives; a zombie does not. */
export async function lives(pid: number): Promise<boolean> {
  return (await allProcesses()).some((found) => found.pid === pid && !found.zombie);
}

function fromProc(pid: number): RunningProcess | undefined {
  const stat = textOf(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const command = (textOf(`/proc/${pid}/cmdline`) ?? "").replaceAll("\0", " ").trim();
  const environment = (textOf(`/proc/${pid}/environ`) ?? "").replaceAll("\0", " ");
  // The name in the stat file stands in parentheses, and may hold some itself.
  const zombie = stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  return { pid, zombie, command, whole: `${command} ${environment}`.trim() };
}

function textOf(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}

async function ps(columns: string, more = ""): Promise<readonly string[]> {
  const { stdout } = await new Deno.Command("ps", { args: [`ax${more}ww`, "-o", columns], stdin: "null" }).output();
  return new TextDecoder().decode(stdout).split("\n");
}
