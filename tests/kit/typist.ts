import { waitUntil } from "./wait_until.ts";

/** A shell on a terminal of its own, with somebody who types. */
export interface Typist extends AsyncDisposable {
  /** Types a command (of several lines, too) and waits for the shell's next prompt. */
  type(command: string, deadlineMs?: number): Promise<Typed>;
  /** Types a command that goes on for long; whoever wants its end looks at `shown`. */
  begin(command: string): Promise<void>;
  /** All that the terminal has shown so far. */
  shown(): string;
}

/** What became of a command. */
export interface Typed {
  readonly code: number;
  /** What the terminal showed for it, the echo of the command included. */
  readonly output: string;
}

/** The prompt tells the exit code of the last command. */
const PROMPT = /ready:(\d+)> /g;

/** Opens a terminal (script(1) of util-linux) with `sh` on it. `env` is all that the shell sees. */
export async function openTerminal(env: Readonly<Record<string, string>>, cwd: string): Promise<Typist> {
  const child = new Deno.Command("script", {
    // Wide, so that a shell that edits its line never draws the prompt twice.
    args: ["-qec", "stty cols 400 rows 50; exec sh", "/dev/null"],
    clearEnv: true,
    env: { ...env, TERM: "xterm", PS1: "ready:$?> ", PS2: "" },
    cwd,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const input = child.stdin.getWriter();
  let text = "";
  let ended = false;
  const read = (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) text += decoder.decode(chunk, { stream: true });
    ended = true;
  })();
  const prompts = () => [...text.matchAll(PROMPT)];
  const prompt = async (count: number, deadlineMs: number) =>
    await waitUntil(`prompt ${count} of\n${text.slice(-2000)}`, () => {
      if (ended) throw new Error(`the shell ended:\n${text.slice(-2000)}`);
      return prompts()[count];
    }, { deadlineMs, everyMs: 30 });
  await prompt(0, 20_000);

  const send = (line: string) => input.write(new TextEncoder().encode(`${line}\n`));
  return {
    type: async (command, deadlineMs = 60_000) => {
      const before = prompts().length;
      const from = text.length;
      await send(command);
      const found = await prompt(before, deadlineMs);
      return { code: Number(found[1]), output: text.slice(from, found.index) };
    },
    begin: send,
    shown: () => text,
    [Symbol.asyncDispose]: async () => {
      // The terminal hangs up, and with it what runs on it.
      await input.close().catch(() => {});
      try {
        child.kill("SIGTERM");
      } catch { /* it has ended */ }
      await Promise.all([child.status, read]);
    },
  };
}
