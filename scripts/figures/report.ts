import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the figures of the last stored runs lie, as a table and as JSON. */
const STORED = fileURLToPath(new URL("../../docs/measurements/", import.meta.url));

/** What one figure came to. */
export interface Row {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  /** The median should not be above this. */
  readonly most?: number | undefined;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly from: string;
  /** The same measure of another looop, in the same run; `problem` when it could not be taken. */
  readonly peer?: { readonly median: number; readonly from: string } | { readonly problem: string } | undefined;
}

/** One run of the bench. */
export interface Report {
  readonly v: 1;
  /** What was measured and on what machine. */
  readonly about: string;
  /** The line that prints it again. */
  readonly command: string;
  readonly rows: readonly Row[];
}

/** What is measured: its figures are compared with, and stored beside, those of the same kind alone. */
export type Kind = "checkout" | "executable";

/** Tells whether a row misses what it should reach. */
export function isAbove({ median, most }: Row): boolean {
  return most !== undefined && median > most;
}

/** The last stored run of a kind. Absent when there is none, or none that can be read. */
export async function storedReport(kind: Kind, dir: string = STORED): Promise<Report | undefined> {
  try {
    const found = JSON.parse(await Deno.readTextFile(join(dir, `${kind}.json`)));
    return found?.v === 1 && Array.isArray(found.rows) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Stores a run as the one that later runs are compared with. Answers the paths it wrote. */
export async function storeReport(kind: Kind, report: Report, dir: string = STORED): Promise<readonly string[]> {
  if (!isAbsolute(dir)) throw new Error(`${dir} is not absolute`);
  const [json, markdown] = [join(dir, `${kind}.json`), join(dir, `${kind}.md`)];
  await Deno.writeTextFile(json, `${JSON.stringify(report, null, 2)}\n`);
  await Deno.writeTextFile(markdown, `${document(kind, report)}\n`);
  return [json, markdown];
}

function document(kind: Kind, report: Report): string {
  return [
    `# Figures of the ${kind}`,
    "",
    `\`${report.command}\`, on a shared machine. A figure is a ratio of one run wherever it can be: absolute times`,
    "tell about the machine. What misses its reach says **no**.",
    "",
    table(report),
  ].join("\n");
}

/**
 * The run as a markdown table. With `before`, an earlier run of the same kind, each row also says how many times the median of then it is
 * (below 1 is better); a row that has a peer's figure says how many times ours the peer's is (above 1: ours is better).
 */
export function table(report: Report, before?: Report): string {
  const withPeer = report.rows.some(({ peer }) => peer !== undefined);
  const heads = ["what", "reach", "median", "min", "max", ...(before === undefined ? [] : ["over the stored run"])];
  const columns = [...heads, ...(withPeer ? ["peer", "peer over this"] : []), "from"];
  const lines = [`Measured: ${report.about}.`, "", cells(columns), cells(columns.map(() => "---"))];
  for (const row of report.rows) {
    const { title, unit, most, from } = row;
    const reach = most === undefined ? "" : `≤ ${most} ${unit}${isAbove(row) ? " **no**" : ""}`;
    const figures = [row.median, row.min, row.max].map((value) => `${value.toFixed(2)} ${unit}`);
    lines.push(
      cells([
        title,
        reach,
        ...figures,
        ...(before === undefined ? [] : [over(row.median, before.rows.find(({ name }) => name === row.name)?.median)]),
        ...(withPeer ? peerCells(row) : []),
        from,
      ]),
    );
  }
  return lines.join("\n");
}

function cells(texts: readonly string[]): string {
  return `| ${texts.map((text) => text.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
}

function over(now: number, then: number | undefined): string {
  return then === undefined || then === 0 ? "new" : `${(now / then).toFixed(2)} ×`;
}

function peerCells({ peer, median, unit }: Row): readonly string[] {
  if (peer === undefined) return ["", ""];
  if ("problem" in peer) return [peer.problem, ""];
  return [`${peer.median.toFixed(2)} ${unit} (${peer.from})`, over(peer.median, median)];
}
