import type { Rig } from "./rig.ts";

/** Runs a shell line on a terminal of its own (by script(1) of util-linux), typing each text once what it answers is shown; its exit code and all that was shown. It is killed after a minute. */
export async function onTerminal(
  rig: Rig,
  line: string,
  dialogue: readonly (readonly [shown: string, typed: string])[],
): Promise<readonly [number, string]> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), 60_000);
  const child = new Deno.Command("script", {
    args: ["-qec", line, "/dev/null"],
    clearEnv: true,
    env: { ...rig.env, SHELL: "/bin/sh", TERM: "xterm" },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
    signal: late.signal,
  }).spawn();
  const writer = child.stdin.getWriter();
  const left = [...dialogue];
  let shown = "";
  let from = 0;
  const reading = (async () => {
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      shown += chunk;
      const [next] = left;
      if (next === undefined || !shown.slice(from).includes(next[0])) continue;
      left.shift();
      from = shown.length;
      await writer.write(new TextEncoder().encode(next[1])).catch(() => {});
    }
  })();
  const { code } = await child.status;
  clearTimeout(timer);
  await reading;
  await writer.close().catch(() => {}); // script closed its end
  return [code, shown];
}
