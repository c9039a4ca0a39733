/**
 * Measures looop and prints a table, or JSON.
 *
 *     scripts/bench [--binary PATH] [--peer PATH] [--runs N] [--json] [--check] [--store] [figure…]
 *
 * Without `--binary` it is the checkout that is measured. What counts are ratios within one run: absolute times tell about the
 * machine. Each row also says how it compares with the run that was stored last; `--store` stores this one (docs/measurements).
 * `--peer` takes the same measures of another looop, one that a person installed: what that one cannot do is told in its cell.
 * `--check` exits 1 when a median is above what it should reach.
 */
import { type Bench, makeBench } from "./figures/bench.ts";
import { type Figure, median } from "./figures/figure.ts";
import { FIGURES } from "./figures/list.ts";
import { CannotMeasure, peerProblem } from "./figures/measurable.ts";
import { isAbove, type Kind, type Report, type Row, storedReport, storeReport, table } from "./figures/report.ts";

interface Wish {
  readonly binary: string | undefined;
  readonly peer: string | undefined;
  readonly runs: number;
  readonly json: boolean;
  readonly check: boolean;
  readonly store: boolean;
  readonly figures: readonly Figure[];
}

async function measure(wish: Wish): Promise<Report> {
  await using bench = await makeBench(wish);
  await using peer = wish.peer === undefined
    ? undefined
    : await makeBench({ binary: wish.peer, runs: wish.runs, foreign: true });
  const rows: Row[] = [];
  for (const figure of wish.figures) {
    if (!wish.json) await progress(`${figure.name} …`);
    const { values, from } = await figure.measure(bench);
    const { name, title, unit } = figure;
    rows.push({
      name,
      title,
      unit,
      most: figure.ofExecutable === true && !bench.executable ? undefined : figure.most,
      median: median(values),
      min: Math.min(...values),
      max: Math.max(...values),
      from,
      peer: peer === undefined ? undefined : await measurePeer(figure, peer),
    });
  }
  if (!wish.json) await progress("");
  return { v: 1, about: await about(bench.executable), command: commandOf(wish), rows };
}

/** Another program need not know all that is asked of it: that is no failure of ours. */
async function measurePeer(figure: Figure, bench: Bench): Promise<Row["peer"]> {
  try {
    const { values, from } = await figure.measure(bench);
    return { median: median(values), from };
  } catch (error) {
    return { problem: peerProblem(error) };
  }
}

function commandOf(wish: Wish): string {
  const words = ["scripts/bench", "--runs", String(wish.runs)];
  if (wish.binary !== undefined) words.push("--binary", "dist/looop");
  if (wish.figures.length < FIGURES.length) words.push(...wish.figures.map(({ name }) => name));
  return words.join(" ");
}

async function about(executable: boolean): Promise<string> {
  const { os, arch } = Deno.build;
  const kind = executable ? "the executable" : "the checkout";
  return [
    kind,
    `${os} ${arch}`,
    ...(await processor()),
    `${navigator.hardwareConcurrency} cores`,
    `Deno ${denoOf(executable)}`,
  ]
    .join(", ");
}

/** The Deno that what is measured runs on, which need not be the one that measures. */
function denoOf(executable: boolean): string {
  const other = executable ? Deno.env.get("LOOOP_COMPILE_DENO") : undefined;
  if (other === undefined) return Deno.version.deno;
  const { stdout } = new Deno.Command(other, { args: ["--version"] }).outputSync();
  return /^deno (\S+)/.exec(new TextDecoder().decode(stdout))?.[1] ?? "of an unknown version";
}

async function processor(): Promise<readonly string[]> {
  try {
    const model = /^model name\s*: (.+)$/m.exec(await Deno.readTextFile("/proc/cpuinfo"))?.[1];
    return model === undefined ? [] : [model];
  } catch {
    return [];
  }
}

/** One line that is written over, on a terminal only. */
async function progress(text: string): Promise<void> {
  if (Deno.stderr.isTerminal()) await Deno.stderr.write(new TextEncoder().encode(`\r\x1b[K${text}`));
}

function parse(args: readonly string[]): Wish | string {
  const wish = {
    binary: undefined as string | undefined,
    peer: undefined as string | undefined,
    runs: 21,
    json: false,
    check: false,
    store: false,
  };
  const names: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? "";
    if (word === "--json") wish.json = true;
    else if (word === "--check") wish.check = true;
    else if (word === "--store") wish.store = true;
    else if (word === "--peer" && args[i + 1] !== undefined) wish.peer = args[++i];
    else if (word === "--binary" && args[i + 1] !== undefined) wish.binary = args[++i];
    else if (word === "--runs" && Number(args[i + 1]) >= 1) wish.runs = Math.floor(Number(args[++i]));
    else if (word.startsWith("-")) {
      return "usage: scripts/bench [--binary PATH] [--peer PATH] [--runs N] [--json] [--check] [--store] [figure…]";
    } else names.push(word);
  }
  const unknown = names.find((name) => !FIGURES.some((figure) => figure.name === name));
  if (unknown !== undefined) return `No figure is called ${unknown}. All: ${FIGURES.map(({ name }) => name).join(" ")}`;
  return { ...wish, figures: FIGURES.filter(({ name }) => names.length === 0 || names.includes(name)) };
}

async function main(wish: Wish): Promise<void> {
  const kind: Kind = wish.binary === undefined ? "checkout" : "executable";
  const before = await storedReport(kind);
  const report = await measure(wish);
  console.log(wish.json ? JSON.stringify({ ...report, stored: before?.rows }, null, 2) : table(report, before));
  if (wish.store) { for (const path of await storeReport(kind, report)) console.error(`stored ${path}`); }
  if (wish.check && report.rows.some(isAbove)) Deno.exitCode = 1;
}

const wish = parse(Deno.args);
if (typeof wish === "string") {
  console.error(wish);
  Deno.exitCode = 2;
} else {
  await main(wish).catch((error) => {
    if (!(error instanceof CannotMeasure)) throw error;
    console.error(`${error.message}\n  ${error.hint}`);
    Deno.exitCode = 1;
  });
}
