import type { Files } from "./files.ts";
import type { Locks } from "./lock.ts";
import type { Watches } from "./watch.ts";
import type { Processes } from "./processes.ts";
import type { Clock } from "./clock.ts";
import type { Terminal } from "./terminal.ts";
import type { Environment } from "./environment.ts";
import type { Fifos } from "./fifo.ts";
import type { Matchers } from "./matcher.ts";
import { realFiles } from "./real_files.ts";
import { realLocks } from "./lock.ts";
import { realWatches } from "./watch.ts";
import { realProcesses } from "./processes.ts";
import { realClock } from "./clock.ts";
import { realTerminal } from "./terminal.ts";
import { realEnvironment } from "./environment.ts";
import { realFifos } from "./fifo.ts";
import { realMatchers } from "./matcher.ts";

/** The machine, as one value: the first argument of whatever has an effect. Tests wrap it to make the machine fail. */
export interface Os {
  readonly files: Files;
  readonly locks: Locks;
  readonly watches: Watches;
  readonly processes: Processes;
  readonly clock: Clock;
  readonly terminal: Terminal;
  readonly environment: Environment;
  readonly fifos: Fifos;
  readonly matchers: Matchers;
}

/** The real machine. `root` is the directory of main.ts, where what ships with the program lies. */
export function realOs(root: URL): Os {
  const files = realFiles();
  const clock = realClock();
  return {
    files,
    locks: realLocks(clock),
    watches: realWatches(),
    processes: realProcesses(clock),
    clock,
    terminal: realTerminal(),
    environment: realEnvironment(root),
    fifos: realFifos(),
    matchers: realMatchers(),
  };
}
