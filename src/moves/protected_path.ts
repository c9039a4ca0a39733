import { DATA_DIR, UNKNOWN } from "./shell_value.ts";

/** Directories of a system that are no one's to delete or to hand out as a whole. */
const SYSTEM =
  /^(?:bin|boot|dev|efi|etc|home|lib|lib32|lib64|libx32|media|mnt|nix|opt|proc|root|run|sbin|snap|srv|sys|usr|var|Applications|Library|System|Users|Volumes|cores|private)$/;

/** Of these nothing at all, however deep. */
const SYSTEM_DEEP = /^(?:bin|boot|dev|efi|etc|lib|lib32|lib64|libx32|proc|sbin|sys|System)$/;

/** In a home: keys, and what a person made. */
const HOME_KEPT = /^(?:\.ssh|\.gnupg|\.aws|\.kube|\.config|\.local|Desktop|Documents|Downloads|Library|Pictures)$/;

/** In the data dir: what looop and the human cannot get back. */
const DATA_KEPT =
  /^(?:goals|sensors|asks|answers|mailbox|claims|reports|schedules|notices|cursors|workers|sessions|playbook\.d|tells|\.lock)$/;

/** Where a script stands: in the data dir, at a path, or somewhere that cannot be told. */
export type Where = { readonly kind: "data" } | { readonly kind: "path"; readonly path: string } | {
  readonly kind: "unknown";
};

/**
 * Why no command may take everything at or below this path away, as the name of what would be lost; undefined for a path that is fair
 * game. `path` is read once as it is and once with all that cannot be told left out: `"$dir/"` is `/` when `dir` is empty.
 */
export function protectedPath(path: string, where: Where): string | undefined {
  const bare = path.replaceAll(UNKNOWN, "");
  if (bare === "") return undefined;
  const lost = judged(bare, where);
  if (lost === undefined || bare === path) return lost;
  // With the unknown part filled in it is what it is; empty, it is this.
  return judged(path, where) ?? `${lost}, should a variable be empty (write \${name:?})`;
}

function judged(path: string, where: Where): string | undefined {
  if (path.startsWith("~")) return inHome(segments(path));
  if (path.startsWith(DATA_DIR)) return inData(segments(path).slice(1));
  if (path.startsWith("/")) return atRoot(segments(path));
  switch (where.kind) {
    case "path":
      return judged(`${where.path}/${path}`, { kind: "unknown" });
    case "data":
      return inData(segments(path));
    case "unknown":
      return undefined;
  }
}

function inHome([user, first, ...deeper]: readonly string[]): string | undefined {
  if (first === undefined || isAll(first)) return user === "~" ? "the home directory" : `the home directory ${user}`;
  return HOME_KEPT.test(first) && (deeper.length === 0 || isAll(deeper[0] ?? "")) ? `~/${first}` : undefined;
}

function inData(parts: readonly string[]): string | undefined {
  const [first, second] = parts;
  if (first === undefined || isAll(first) || first === "..") return "the data dir of this profile";
  return DATA_KEPT.test(first) && (second === undefined || isAll(second)) ? `${first}/ of this profile` : undefined;
}

function atRoot(parts: readonly string[]): string | undefined {
  const [first, second, third] = parts;
  if (first === undefined || isAll(first)) return '"/"';
  if (hasGlob(first)) return first.startsWith("tmp") ? undefined : `"/${first}"`;
  if (!SYSTEM.test(first)) return undefined;
  if (second === undefined || isAll(second)) return `"/${first}"`;
  if (first === "dev" && second === "shm") return undefined;
  if (SYSTEM_DEEP.test(first)) return `"/${parts.join("/")}"`;
  if (first === "home" || first === "Users") {
    return third === undefined || isAll(third) ? `the home directory /${first}/${second}` : undefined;
  }
  if (first === "usr" || first === "var") {
    const whole = third === undefined || isAll(third);
    return whole && second !== "tmp" && second !== "local" ? `"/${first}/${second}"` : undefined;
  }
  return undefined;
}

/** The names of a path, `.` and `..` worked in as far as they can be. */
function segments(path: string): readonly string[] {
  const parts: string[] = [];
  const fixed = path.startsWith("/");
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts[parts.length - 1] !== "..") parts.pop();
    else if (!fixed) parts.push(part);
  }
  return parts;
}

function hasGlob(part: string): boolean {
  return /[*?[]/.test(part);
}

/** `*`, `.*`, `?*`, `.[!.]*`: everything in there. */
function isAll(part: string): boolean {
  return hasGlob(part) && !/[A-Za-z0-9_-]/.test(part.replace(/\[[^\]]*\]/g, "")) || /^\{.*\*.*\}$/.test(part);
}
