import { realOs } from "./src/os/os.ts";
import { runCli } from "./src/cli/run_cli.ts";

// Ended here, not by itself: output is written by then, and a read that is still pending would keep the process alive.
Deno.exit(await runCli(realOs(new URL("./", import.meta.url)), Deno.args));
