import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { fail, type Result } from "../failure.ts";
import { ok } from "../base/result.ts";
import type { Os } from "../os/os.ts";
import { type Paths, profilePaths } from "./paths.ts";

/**
 * Where the profile is, whether it exists or not: `LOOOP_DATA_DIR`, or `$XDG_STATE_HOME/looop`, or `~/.local/state/looop`; its
 * config `LOOOP_CONFIG` or the one in it. Both absolute and with links resolved, so that a profile has one name, whoever asks
 * from wherever (and a linked default directory is not another loop).
 */
export function locateProfile(os: Os): Result<Paths> {
  const root = rootOf(os);
  if (!root.ok) return root;
  const config = os.environment.get("LOOOP_CONFIG");
  if (config === undefined) return ok(profilePaths(root.value));
  const path = absolute(os, "LOOOP_CONFIG", config);
  return path.ok ? ok(profilePaths(root.value, path.value)) : path;
}

function rootOf(os: Os): Result<string> {
  const { get } = os.environment;
  const given = get("LOOOP_DATA_DIR");
  if (given !== undefined) return absolute(os, "LOOOP_DATA_DIR", given);
  const state = get("XDG_STATE_HOME");
  // A relative one counts as unset, as its specification says.
  if (state !== undefined && isAbsolute(state)) return ok(canonical(os, join(state, "looop")));
  const home = get("HOME");
  if (home === undefined || !isAbsolute(home)) {
    const why = home === undefined ? "HOME is not set" : `HOME is "${home}", which is no absolute path`;
    return fail("refused", "find the profile", why, {
      hint: "say where it is: LOOOP_DATA_DIR=/some/directory looop …",
    });
  }
  return ok(canonical(os, join(home, ".local", "state", "looop")));
}

function absolute(os: Os, name: string, path: string): Result<string> {
  if (isAbsolute(path)) return ok(canonical(os, path));
  try {
    return ok(canonical(os, resolve(os.environment.cwd(), path)));
  } catch {
    const state = `${name} is "${path}", and the directory it starts from is gone`;
    return fail("refused", "find the profile", state, { hint: `set ${name} to an absolute path` });
  }
}

/** The same path with the links of the part that exists resolved. */
function canonical(os: Os, path: string): string {
  let existing = resolve(path);
  const rest: string[] = [];
  for (;;) {
    const real = os.files.realPath(existing);
    if (real.ok) return join(real.value, ...rest);
    const parent = dirname(existing);
    if (parent === existing) return join(existing, ...rest);
    rest.unshift(basename(existing));
    existing = parent;
  }
}
