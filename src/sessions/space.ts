import type { Os } from "../os/os.ts";

/** With less than this free no session is started: its terminal would be lost before long, and with it what it says of its end. */
export const SPACE_MIN = 8 * 1024 * 1024;

/** How many bytes are free for us where `dir` lies; undefined when that cannot be told. */
export async function freeSpace(os: Os, dir: string): Promise<number | undefined> {
  const end = await os.processes.sh('LC_ALL=C df -Pk -- "$1"', [dir]);
  // Counted from the end: the name of what is mounted may hold blanks, and so may the place.
  const row = /\s([0-9]+)\s+[0-9]+\s+(-?[0-9]+)\s+[0-9]+%\s/.exec(end.stdout);
  // Some file systems count nothing at all.
  if (end.code !== 0 || row?.[1] === undefined || row[2] === undefined || row[1] === "0") return undefined;
  return Math.max(0, Number(row[2]) * 1024);
}

/** Why nothing should be started there, or undefined. */
export async function spaceProblem(os: Os, dir: string): Promise<string | undefined> {
  const free = await freeSpace(os, dir);
  if (free === undefined || free >= SPACE_MIN) return undefined;
  return `the disk is full: ${Math.floor(free / 1024)} KiB are free, and ${SPACE_MIN / 1024} are the least`;
}
