import { clip, oneLine } from "../base/text.ts";
import { ok } from "../base/result.ts";
import { KEY_LIST } from "../config/keys.ts";
import { type ConfigProblem, loadConfig, type Source } from "../config/store.ts";
import { writtenConfig } from "../config/written.ts";
import { type Call, verb } from "./verb.ts";

interface Shown {
  readonly path: string;
  /** What is wrong with the file, when something is. */
  readonly problem: ConfigProblem | null;
  readonly keys: readonly {
    readonly key: string;
    readonly value: unknown;
    readonly source: Source["from"];
    /** The variable, when the value came from one. */
    readonly variable?: string;
    readonly summary: string;
  }[];
  /** What the file holds besides; kept, and not used. */
  readonly unknown: readonly string[];
}

/** `looop config show` */
export const module = verb<Shown>({
  run: (call) => Promise.resolve(ok(shown(call))),
  text,
});

function shown(call: Call): Shown {
  const { paths } = call.context.profile;
  const state = loadConfig(call.os, paths);
  const values = writtenConfig(state.config);
  const known = new Set(["v", ...KEY_LIST.map(({ name }) => name.split(".")[0])]);
  return {
    path: paths.config,
    problem: state.problem ?? null,
    keys: KEY_LIST.map(({ name, summary }) => {
      const source: Source = state.sources[name] ?? { from: "default" };
      const variable = source.from === "environment" ? { variable: source.name } : {};
      return { key: name, value: values[name], source: source.from, ...variable, summary };
    }),
    unknown: Object.keys(state.file ?? {}).filter((name) => !known.has(name)),
  };
}

function text(output: Shown, call: Call): string {
  const rows = output.keys.map(({ key, value, source, variable, summary }) => {
    const where = variable ?? (source === "default" ? "" : source);
    return [key, clip(oneLine(valueText(value)), 40), where, summary] as const;
  });
  const [keys, values, sources] = [0, 1, 2].map((n) => Math.max(...rows.map((row) => row[n]?.length ?? 0)));
  const lines = rows.map(([key, value, source, summary]) =>
    clip(
      `${key.padEnd(keys ?? 0)}  ${value.padEnd(values ?? 0)}  ${source.padEnd(sources ?? 0)}  ${summary}`,
      Math.max(60, call.columns),
    ).trimEnd()
  );
  const unknown = output.unknown.length === 0
    ? []
    : [`not known to looop, and kept: ${oneLine(output.unknown.join(", "))}`];
  return [output.path, ...lines, ...unknown].join("\n");
}

/** Texts as they are typed, lists with commas, the rest as JSON. */
function valueText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null) return "none";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.join(" ");
  if (typeof value === "object") {
    const names = Object.keys(value);
    return names.length === 0 ? "built-in" : names.join(" ");
  }
  return String(value);
}
