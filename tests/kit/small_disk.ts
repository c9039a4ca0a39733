/** A file system of its own to fill or to lock. Only who may mount can have one; tests that need it skip themselves otherwise. */

/** Runs a shell script and answers whether it succeeded. */
export async function sh(script: string, ...args: readonly string[]): Promise<boolean> {
  const { success } = await new Deno.Command("sh", {
    args: ["-c", script, "sh", ...args],
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}

/** Whether a small file system can be had here. */
export const mayMount = Deno.build.os === "linux" &&
  await (async () => {
    const probe = await Deno.makeTempDir();
    const mounted = await sh('mount -t tmpfs -o size=64k tmpfs "$1" && umount "$1"', probe);
    await Deno.remove(probe);
    return mounted;
  })();

/** Calls `body` with the place of a file system of `size` (as mount(8) reads it), which goes afterwards. */
export async function onSmallDisk(size: string, body: (disk: string) => Promise<void>): Promise<void> {
  const disk = await Deno.makeTempDir({ prefix: "looop disk " });
  if (!await sh('mount -t tmpfs -o "size=$2,mode=700" tmpfs "$1"', disk, size)) throw new Error("cannot mount");
  try {
    await body(disk);
  } finally {
    await sh('umount -l "$1"', disk);
    await Deno.remove(disk);
  }
}

/** Fills it to the last block, but for `spare` KiB; the function returned gives that back. */
export async function fill(disk: string, spare = 0): Promise<() => void> {
  const filler = `${disk}/filler-${crypto.randomUUID()}`;
  // What is free is counted in whole blocks; the last ones are taken until nothing goes in any more.
  const script =
    'free=$(df -Pk "$1" | awk "END { print \\$4 }"); dd if=/dev/zero of="$2" bs=1024 count=$((free - $3)); ' +
    'if [ "$3" -eq 0 ]; then cat /dev/zero >>"$2"; fi';
  await sh(script, disk, filler, String(spare));
  return () => Deno.removeSync(filler);
}
