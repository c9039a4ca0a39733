/**
 * Measures looop and prints a table, or JSON.
 *
 *     scripts/bench [--binary PATH] [--runs N] [--json] [--check] [figure…]
 *
 * Without `--binary` it is the checkout that is measured. What counts are ratios within one run: absolute times tell about the
 * machine. `--check` exits 1 when a median is above what it should reach.
 */
import { makeBench } from "./figures/bench.ts";
import { type Figure, median } from "./figures/figure.ts";
import { FIGURES } from "./figures/list.ts";

interface Wish {
  readonly binary: string | undefined;
  readonly runs: number;
  readonly json: boolean;
  readonly check: boolean;
  readonly figures: readonly Figure[];
}

interface Row {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly most?: number | undefined;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly from: string;
}

interface Report {
  readonly about: string;
  readonly rows: readonly Row[];
}

async function measure(wish: Wish): Promise<Report> {
  await using bench = await makeBench(wish);
  const rows: Row[] = [];
  for (const figure of wish.figures) {
    if (!wish.json) await progress(`${figure.name} …`);
    const { values, from } = await figure.measure(bench);
    const { name, title, unit } = figure;
    const most = figure.ofExecutable === true && !bench.executable ? undefined : figure.most;
    rows.push({
      name,
      title,
      unit,
      most,
      median: median(values),
      min: Math.min(...values),
      max: Math.max(...values),
      from,
    });
  }
  if (!wish.json) await progress("");
  return { about: about(bench.executable), rows };
}

function about(executable: boolean): string {
  const { os, arch } = Deno.build;
  const kind = executable ? "the executable" : "the checkout";
  return `${kind}, ${os} ${arch}, ${navigator.hardwareConcurrency} cores, Deno ${Deno.version.deno}`;
}

/** One line that is written over, on a terminal only. */
async function progress(text: string): Promise<void> {
  if (Deno.stderr.isTerminal()) await Deno.stderr.write(new TextEncoder().encode(`\r\x1b[K${text}`));
}

function table({ about, rows }: Report): string {
  const lines = [
    `Measured: ${about}.`,
    "",
    "| what | reach | median | min | max | from |",
    "| --- | --- | --- | --- | --- | --- |",
  ];
  for (const row of rows) {
    const { title, unit, most, from } = row;
    const reach = most === undefined ? "" : `≤ ${most} ${unit}${isAbove(row) ? " **no**" : ""}`;
    const cells = [row.median, row.min, row.max].map((value) => `${value.toFixed(2)} ${unit}`);
    lines.push(`| ${[title, reach, ...cells, from].join(" | ")} |`);
  }
  return lines.join("\n");
}

function isAbove({ median, most }: Row): boolean {
  return most !== undefined && median > most;
}

function parse(args: readonly string[]): Wish | string {
  const wish = { binary: undefined as string | undefined, runs: 21, json: false, check: false };
  const names: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? "";
    if (word === "--json") wish.json = true;
    else if (word === "--check") wish.check = true;
    else if (word === "--binary" && args[i + 1] !== undefined) wish.binary = args[++i];
    else if (word === "--runs" && Number(args[i + 1]) >= 1) wish.runs = Math.floor(Number(args[++i]));
    else if (word.startsWith("-")) {
      return "usage: scripts/bench [--binary PATH] [--runs N] [--json] [--check] [figure…]";
    } else names.push(word);
  }
  const unknown = names.find((name) => !FIGURES.some((figure) => figure.name === name));
  if (unknown !== undefined) return `No figure is called ${unknown}. All: ${FIGURES.map(({ name }) => name).join(" ")}`;
  return { ...wish, figures: FIGURES.filter(({ name }) => names.length === 0 || names.includes(name)) };
}

const wish = parse(Deno.args);
if (typeof wish === "string") {
  console.error(wish);
  Deno.exitCode = 2;
} else {
  const report = await measure(wish);
  console.log(wish.json ? JSON.stringify(report, null, 2) : table(report));
  if (wish.check && report.rows.some(isAbove)) Deno.exitCode = 1;
}
