/**
 * Variables that make a scoped run grant refuse every spawn while they are set. They travel under another name and the `sh` that
 * we start puts them back (`RESTORE_LOADER`), so that what runs below sees the caller's environment.
 */
const LOADER_VARIABLES = ["LD_LIBRARY_PATH", "LD_PRELOAD", "LD_AUDIT", "DYLD_LIBRARY_PATH", "DYLD_INSERT_LIBRARIES"];

/** First lines of every script that starts something on behalf of a user. */
export const RESTORE_LOADER = LOADER_VARIABLES
  .map((name) =>
    `if [ -n "\${LOOOP_KEEP_${name}+x}" ]; then export ${name}="$LOOOP_KEEP_${name}"; else unset ${name}; fi; unset LOOOP_KEEP_${name}`
  )
  .join("\n") + "\n";

/** The environment additions that blank the loader variables and carry their values along. */
export function loaderEnv(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of LOADER_VARIABLES) {
    const value = readVariable(name);
    if (value === undefined) continue;
    env[name] = "";
    env[`LOOOP_KEEP_${name}`] = value;
  }
  return env;
}

function readVariable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    return undefined;
  }
}
