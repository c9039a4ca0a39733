import type { Os } from "../os/os.ts";
import type { Paths } from "./paths.ts";
import type { Config } from "../config/schema.ts";
import type { ConfigProblem } from "../config/store.ts";

/** An opened profile: where its files are and what its config says now. What every noun's effects take beside `os`. */
export interface Profile {
  readonly paths: Paths;
  readonly config: Config;
  /** What is wrong with config.json; the keys that are sound still hold. */
  readonly configProblem?: ConfigProblem | undefined;
  /** What whoever opened it should be told on stderr: a broken config, variables that hold nothing usable. */
  readonly notes?: readonly string[];
}

/** Who makes a change: written into journal and events, and what `_ wait` excludes for the client's own moves. */
export interface Actor {
  readonly kind: "human" | "root" | "worker" | "pulse" | "brain";
  /** The session that calls, when there is one (`LOOOP_SESSION_ID`). */
  readonly session?: string | undefined;
  /** The client name it gave (`--client`, `LOOOP_CLIENT`). */
  readonly client?: string | undefined;
}

/** What a noun's effects take first: the machine and the profile. */
export interface Context {
  readonly os: Os;
  readonly profile: Profile;
}
