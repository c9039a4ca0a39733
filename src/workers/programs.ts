import type { Os } from "../os/os.ts";

/** Which of these programs a shell finds on the PATH, in the order given. */
export async function findPrograms(os: Os, names: readonly string[]): Promise<readonly string[]> {
  const script = 'for name do if command -v -- "$name" >/dev/null 2>&1; then printf "%s\\n" "$name"; fi; done';
  const found = await os.processes.sh(script, names);
  return found.stdout.split("\n").filter((name) => name !== "");
}
