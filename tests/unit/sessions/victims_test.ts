import { assertEquals } from "../../kit/assert.ts";
import { parseProcesses as parseDarwin } from "../../../src/sessions/darwin.ts";
import { parseProcesses } from "../../../src/sessions/linux.ts";
import type { ProcessRow } from "../../../src/sessions/platform.ts";
import { type Kin, victims } from "../../../src/sessions/victims.ts";

function row(pid: number, ppid: number, session: number, more: Partial<ProcessRow> = {}): ProcessRow {
  return { pid, ppid, session: String(session), stopped: false, zombie: false, start: `s${pid}`, ...more };
}

const KIN: Kin = {
  sup: { pid: 10, start: "s10" },
  script: { pid: 11, start: "s11" },
  inner: { pid: 12, start: "s12" },
  mark: "m",
  seal: "s",
};
const HELPERS = [row(10, 1, 10, { mark: "m" }), row(11, 10, 10, { mark: "m" }), row(12, 11, 12, { mark: "m" })];

const ROWS: readonly {
  readonly name: string;
  readonly rows: readonly ProcessRow[];
  readonly spare?: number;
  readonly want: readonly number[];
}[] = [
  { name: "the terminal's session, not its helpers", rows: [...HELPERS, row(13, 12, 12)], want: [12, 13] },
  { name: "one that fled with its mark", rows: [...HELPERS, row(20, 1, 20, { mark: "m" })], want: [12, 20] },
  { name: "a child of one that fled", rows: [row(20, 1, 20, { mark: "m" }), row(21, 20, 21)], want: [20, 21] },
  {
    name: "one that fled, cleared its environment and has another parent",
    rows: [row(20, 1, 20, { seal: "s" }), row(21, 20, 21), row(22, 1, 22, { seal: "other" })],
    want: [20, 21],
  },
  { name: "strangers", rows: [...HELPERS, row(30, 1, 30), row(31, 30, 30, { mark: "other" })], want: [12] },
  { name: "the dead", rows: [...HELPERS, row(13, 12, 12, { zombie: true })], want: [12] },
  {
    name: "the session's number passed to another",
    rows: [row(12, 1, 12, { start: "later" }), row(40, 12, 12)],
    want: [],
  },
  { name: "a helper's number passed to another", rows: [row(10, 1, 10, { start: "later" })], want: [] },
  { name: "the leader gone, its session not", rows: [row(13, 1, 12)], want: [13] },
  { name: "the killer itself", rows: [...HELPERS, row(50, 12, 50), row(51, 50, 51)], spare: 50, want: [12] },
  {
    name: "a session that the killer started",
    rows: [row(50, 1, 50), row(10, 50, 10, { mark: "m" }), row(12, 10, 12)],
    spare: 50,
    want: [12],
  },
];

for (const { name, rows, spare, want } of ROWS) {
  Deno.test(`victims(): ${name}`, () =>
    assertEquals(victims(rows, KIN, spare).map(({ pid }) => pid).sort(), [...want]));
}

Deno.test("parseProcesses() reads names that hold blanks, parentheses and line ends", () => {
  const stat = (pid: number, name: string, state: string): string =>
    name.split("\n").map((part, i, all) => {
      const head = i === 0 ? `${pid} (` : "";
      const tail = i === all.length - 1 ? `) ${state} 1 5 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4242 0 0` : "";
      return `${pid}/stat:${head}${part}${tail}\n`;
    }).join("");
  const text = stat(3, "a) S 9 9 9 (b", "S") + stat(4, "x\n5 (evil) R 1 1 1", "T") + stat(6, "z", "Z") +
    "\0" + "4/limits:Max resident set          4503599627371520     unlimited            bytes     \n" +
    "\0" + "3/environ:LOOOP_SESSION_MARK=ab-12\0" + "4/environ:LOOOP_SESSION_MARK=not hex\0";
  assertEquals(parseProcesses(text), [
    { pid: 3, ppid: 1, session: "7", stopped: false, zombie: false, start: "4242", mark: "ab-12", seal: undefined },
    {
      pid: 4,
      ppid: 1,
      session: "7",
      stopped: true,
      zombie: false,
      start: "4242",
      mark: undefined,
      seal: "4503599627371520",
    },
    { pid: 6, ppid: 1, session: "7", stopped: false, zombie: true, start: "4242", mark: undefined, seal: undefined },
  ]);
});

Deno.test("parseProcesses() of macOS reads the table and the marks behind it", () => {
  const text =
    "    3     1 Ss   ttys001  Mon Nov 20 10:00:00 2026\n    4     3 T    ??       Mon Nov 20 10:00:01 2026\n\n3 ab-12\n";
  assertEquals(
    parseDarwin(text).map(({ pid, session, stopped, start, mark }) => [pid, session, stopped, start, mark]),
    [
      [3, "ttys001", false, "Mon_Nov_20_10:00:00_2026", "ab-12"],
      [4, "??", true, "Mon_Nov_20_10:00:01_2026", undefined],
    ],
  );
});
