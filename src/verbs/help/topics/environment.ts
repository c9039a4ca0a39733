import { KEY_LIST } from "../../../config/keys.ts";
import { columns } from "../layout.ts";

/** The variables that looop reads. */
export const READ_VARIABLES: readonly (readonly [string, string])[] = [
  [
    "LOOOP_DATA_DIR",
    "the profile's directory; another one is another loop (default: $XDG_STATE_HOME/looop or ~/.local/state/looop)",
  ],
  ["LOOOP_CONFIG", "the config file (default: config.json in the data dir)"],
  ["LOOOP_CLIENT", "who makes changes and waits, as --client says it"],
  ["LOOOP_WAIT_TIMEOUT", "how long `_ wait` and `_ ask` wait when no --timeout is given"],
  ["LOOOP_SESSION_ID", "set inside a worker's session: who asks, claims and reports"],
  ["LOOOP_DEBUG", "prints the stack of an unexpected error"],
  ["NO_COLOR", "no colours, also on a terminal"],
  ["COLUMNS", "how wide text is made when stdout is no terminal"],
];

/** The variables that a session and a sensor find set. */
export const SET_VARIABLES: readonly (readonly [string, string])[] = [
  ["LOOOP_BIN", 'the program, to be called as "$LOOOP_BIN"'],
  ["LOOOP_DATA_DIR", "the data dir, absolute"],
  ["LOOOP_CONFIG", "the config file, absolute"],
  ["LOOOP_SESSION_ID", "workers: their id"],
  ["LOOOP_CLAIMS_DIR", "workers: where claims lie"],
  ["LOOOP_REPORTS_DIR", "workers: where reports go"],
  ["LOOOP_PROMPT_FILE", "workers: their prompt"],
];

/** `looop help environment` */
export function environment(): string {
  const keys = KEY_LIST.flatMap((key): (readonly [string, string])[] =>
    key.env === undefined ? [] : [[key.env, `overrides \`${key.name}\` of the config`]]
  );
  return `WHAT LOOOP READS
${columns([...READ_VARIABLES, ...keys])}
  A value that cannot be used is told once and ignored.

WHAT IT SETS for workers and sensors
${columns(SET_VARIABLES)}`;
}
