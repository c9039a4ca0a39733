/** Who may know whom: the one table behind `scripts/layers.ts`. A folder of src that is not named here is an offence. */

/** The things a profile is made of, one folder each. */
export const NOUNS: readonly string[] = [
  "playbook",
  "goals",
  "sensors",
  "snapshots",
  "schedules",
  "workers",
  "claims",
  "mailbox",
  "notices",
  "journal",
  "cost",
  "prompts",
  "heartbeat",
];

const GROUND = ["base", "os", "failure", "profile", "config"];
const BELOW_NOUNS = [...GROUND, "sessions"];
const BELOW_MOVES = [...BELOW_NOUNS, ...NOUNS, "world"];
const BELOW_VERBS = [...BELOW_MOVES, "moves", "pulse", "brain", "lanes", "demo"];

/** What each ring may import besides itself; for nouns and for whatever they know of each other see `mayImport`. */
const RINGS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  os: ["base"],
  failure: ["base", "os"],
  profile: GROUND,
  config: GROUND,
  sessions: GROUND,
  ...Object.fromEntries(NOUNS.map((noun) => [noun, BELOW_NOUNS])),
  world: [...BELOW_NOUNS, ...NOUNS],
  moves: BELOW_MOVES,
  pulse: [...BELOW_MOVES, "moves"],
  brain: [...BELOW_MOVES, "moves"],
  lanes: [...BELOW_MOVES, "moves"],
  demo: BELOW_NOUNS,
  verbs: BELOW_VERBS,
  cli: [...GROUND, "verbs"],
  tui: [...GROUND, "verbs"],
  main: ["os", "cli"],
};

/** The ring of a path from the root (`src/goals/store.ts` → goals), or undefined when it has none. */
export function ringOf(path: string): string | undefined {
  const [top, second] = path.split("/");
  const name = (top === "src" ? second : top)?.replace(/\.ts$/, "");
  return name !== undefined && Object.hasOwn(RINGS, name) ? name : undefined;
}

/** Why the one file may not import the other (paths from the root), or undefined when it may. */
export function whyNot(from: string, to: string): string | undefined {
  const [above, below] = [ringOf(from), ringOf(to)];
  if (above === undefined || below === undefined) return undefined; // told once, for the file itself
  if (above === below || RINGS[above]?.includes(below)) return undefined;
  if (!NOUNS.includes(above) || !(NOUNS.includes(below) || below === "moves")) return `${above} may not know ${below}`;
  return to.endsWith("/schema.ts") ? undefined : `${above} may know ${below} through its schema.ts only`;
}
