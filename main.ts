import { realOs } from "./src/os/os.ts";
import { runCli } from "./src/cli/run_cli.ts";

const os = realOs(new URL("./", import.meta.url));
Deno.exitCode = await runCli(os, Deno.args);
