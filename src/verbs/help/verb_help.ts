import type { OptionSpec, VerbEntry } from "../verb.ts";
import { columns, wrapped } from "./layout.ts";
import { usageLine } from "./usage.ts";

/** The options that every verb has. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  { name: "json", summary: "Print JSON on stdout, failures too" },
  {
    name: "client",
    value: "NAME",
    summary: "Who makes the change: it does not wake this client's `_ wait` (or LOOOP_CLIENT)",
  },
  { name: "help", short: "h", summary: "Print this" },
];

const BODY_NOTE =
  "The body may stand on the command line or come on stdin: with `-`, or when it is left out and stdin is " +
  "no terminal. Put -- in front of words that begin with a dash.";

/** What `looop <verb> --help` prints, without a newline at the end. */
export function verbHelp(entry: VerbEntry): string {
  const own = new Set(entry.options.map(({ name }) => name));
  const options = [...entry.options, ...GLOBAL_OPTIONS.filter(({ name }) => !own.has(name))];
  const parts = [
    `${entry.summary}.`,
    `Usage: ${usageLine(entry)}`,
    ...(entry.details === undefined ? [] : [wrapped(entry.details)]),
    ...(entry.args.length === 0 ? [] : [`Arguments:\n${columns(entry.args.map((arg) => [arg.name, arg.summary]))}`]),
    ...(entry.body === undefined ? [] : [wrapped(BODY_NOTE)]),
    `Options:\n${columns(options.map((option) => [flags(option), option.summary]))}`,
    `Examples:\n${entry.examples.map((line) => `  ${line}`).join("\n")}`,
  ];
  return parts.join("\n\n");
}

function flags(option: OptionSpec): string {
  const short = option.short === undefined ? "    " : `-${option.short}, `;
  return `${short}--${option.name}${option.value === undefined ? "" : ` ${option.value}`}`;
}
