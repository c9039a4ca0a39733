import type { Carried } from "./command.ts";

/** Why a command is refused, or undefined. */
export function tripwire(command: Carried): string | undefined {
  return command.what === "" ? "" : undefined;
}
