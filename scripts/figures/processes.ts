import type { Profile } from "./bench.ts";

/** A file of a process in /proc, as text. Throws when the process is gone. */
export function proc(pid: number, file: string): string {
  return Deno.readTextFileSync(`/proc/${pid}/${file}`);
}

/** Processor time of a process so far, in milliseconds: fields 14 and 15 behind its name, in hundredths of a second. */
export function cpuMs(pid: number): number {
  const fields = proc(pid, "stat").replace(/^.*\) /s, "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** The process of a profile's pulse. */
export function pulseOf({ dir }: Profile): number {
  return JSON.parse(Deno.readTextFileSync(`${dir}/sessions/.pulse/heartbeat.json`)).pid;
}

/** Lets time pass that is itself what is measured, or that processes take to come to rest. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
