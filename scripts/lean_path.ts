/**
 * What stands in for `node:path` in the executable: the functions that looop uses, for POSIX alone. Newer runtimes take milliseconds to set
 * up their own, and walk each path letter by letter. Tests hold these against `node:path`.
 */

/** The parts joined and made plain; `.` for none. */
export function join(...parts: readonly string[]): string {
  const joined = parts.filter((part) => part !== "").join("/");
  return joined === "" ? "." : normalize(joined);
}

/** Without `.`, `..` and doubled slashes, as far as they can be resolved without looking. */
export function normalize(path: string): string {
  if (path === "") return ".";
  if (isPlain(path)) return path;
  const absolute = isAbsolute(path);
  const kept = segments(path, absolute).join("/");
  const text = kept === "" && !absolute ? "." : kept;
  return `${absolute ? "/" : ""}${text}${path.endsWith("/") && kept !== "" ? "/" : ""}${
    path.endsWith("/") && kept === "" && !absolute ? "/" : ""
  }`;
}

/** The last of the paths that is absolute, and what follows it; below the working directory when none is. */
export function resolve(...paths: readonly string[]): string {
  let whole = "";
  for (let i = paths.length - 1; i >= 0 && !isAbsolute(whole); i--) {
    if (paths[i] !== "") whole = `${paths[i]}/${whole}`;
  }
  if (!isAbsolute(whole)) whole = `${Deno.cwd()}/${whole}`;
  return `/${segments(whole, true).join("/")}`;
}

/** How one comes from one directory to a path. */
export function relative(from: string, to: string): string {
  const [here, there] = [segments(resolve(from), true), segments(resolve(to), true)];
  let shared = 0;
  while (shared < here.length && shared < there.length && here[shared] === there[shared]) shared++;
  return [...here.slice(shared).map(() => ".."), ...there.slice(shared)].join("/");
}

/** Whether it begins at the root. */
export function isAbsolute(path: string): boolean {
  return path.startsWith("/");
}

/** The path of the directory that it names something in. */
export function dirname(path: string): string {
  if (path === "") return ".";
  const trimmed = withoutEnd(path);
  const at = trimmed.lastIndexOf("/");
  if (at < 0) return isAbsolute(path) ? "/" : ".";
  if (at === 0) return "/";
  // Of several slashes one belongs to the name.
  return at === 1 && trimmed.startsWith("//") ? "//" : trimmed.slice(0, at);
}

/** The last name in it. */
export function basename(path: string): string {
  const trimmed = withoutEnd(path);
  return trimmed.slice(trimmed.lastIndexOf("/") + 1);
}

function withoutEnd(path: string): string {
  let end = path.length;
  while (end > 0 && path[end - 1] === "/") end--;
  return path.slice(0, end);
}

/** Nothing in it that would be resolved. */
function isPlain(path: string): boolean {
  return !path.includes("//") && !path.includes("./") && !path.endsWith("/.") && !path.endsWith("/..") &&
    path !== "." && path !== "..";
}

function segments(path: string, absolute: boolean): readonly string[] {
  const kept: string[] = [];
  for (const name of path.split("/")) {
    if (name === "" || name === ".") continue;
    if (name !== "..") kept.push(name);
    else if (kept.length > 0 && kept[kept.length - 1] !== "..") kept.pop();
    else if (!absolute) kept.push(name);
  }
  return kept;
}
