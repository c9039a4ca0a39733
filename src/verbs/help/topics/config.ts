import { KEY_LIST } from "../../../config/keys.ts";
import { columns } from "../layout.ts";

/** `looop help config` */
export function config(): string {
  const rows = KEY_LIST.map((key): readonly [string, string] => {
    const variable = key.env === undefined ? "" : `; ${key.env}`;
    return [key.name, `${key.summary} (${JSON.stringify(key.initial)}${variable})`];
  });
  return `config.json lies in the data dir (or where LOOOP_CONFIG says). A key that is left out has its default. A broken file keeps
the last good values in a running pulse, and looop up refuses it with line and column.

  looop config show                      every value, and where it came from
  looop config set interval 30s          checks it, keeps what it does not know

KEYS (default; variable that overrides it)
${columns(rows)}

  Durations: 500ms 60s 5m 2h 3d; a bare number is seconds.

RUNNERS
  A runner says how an agent is started: {"mine": {"command": "my-agent {{prompt_file}}", "env": {"MODEL": "small"}}}
  {{prompt_file}} becomes the path of the worker's prompt. Built in: pi, claude, codex, opencode, gemini, sh.`;
}
