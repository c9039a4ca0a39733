import type { CostGroup, Tally } from "./scan.ts";

/** What one day, kind, worker or runner has cost. */
export interface Total {
  readonly name: string;
  readonly micros: number;
  readonly calls: number;
  readonly tokens: number;
}

/** The ledger's totals: days in order, the others dearest first. */
export interface CostReport {
  readonly micros: number;
  readonly calls: number;
  readonly tokens: number;
  readonly byDay: readonly Total[];
  readonly byKind: readonly Total[];
  readonly byWorker: readonly Total[];
  readonly byRunner: readonly Total[];
  readonly skipped: number;
}

/** Puts a tally into the order in which it is shown. */
export function reportOf(tally: Tally): CostReport {
  const groups = tally.groups(); // first: it is what finds the last broken lines
  return {
    micros: tally.micros,
    calls: tally.calls,
    tokens: groups.reduce((sum, group) => sum + group.tokens, 0),
    byDay: totals(groups, (group) => group.day),
    byKind: dearestFirst(totals(groups, (group) => group.kind)),
    byWorker: dearestFirst(totals(groups, (group) => group.kind === "session" ? group.id : undefined)),
    byRunner: dearestFirst(totals(groups, (group) => group.runner ?? "(not said)")),
    skipped: tally.skipped,
  };
}

function totals(groups: readonly CostGroup[], nameOf: (group: CostGroup) => string | undefined): readonly Total[] {
  const sums = new Map<string, { micros: number; calls: number; tokens: number }>();
  for (const group of groups) {
    const name = nameOf(group);
    if (name === undefined) continue;
    const sum = sums.get(name) ?? { micros: 0, calls: 0, tokens: 0 };
    sum.micros += group.micros;
    sum.calls += group.calls;
    sum.tokens += group.tokens;
    sums.set(name, sum);
  }
  return [...sums].map(([name, sum]) => ({ name, ...sum }));
}

function dearestFirst(all: readonly Total[]): readonly Total[] {
  return [...all].sort((a, b) => b.micros - a.micros || (a.name < b.name ? -1 : 1));
}
