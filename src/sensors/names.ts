import { isId } from "../base/id.ts";

/** Endings of copies that editors and people leave beside a script. */
const COPY = /\.(?:bak|orig|rej|swp|swo|tmp|old|save|off|disabled)$/i;

/** The sensor that a file of this name is, or why it is none. Only the last ending is taken off: `a.b.sh` is the sensor `a.b`. */
export function sensorOfFile(file: string): { readonly name: string } | { readonly why: string } {
  if (COPY.test(file)) return { why: "its name ends like a copy that was put aside" };
  const dot = file.lastIndexOf(".");
  const name = dot > 0 ? file.slice(0, dot) : file;
  return isId(name) && isId(file) ? { name } : { why: "the name without its ending is not an id" };
}

/**
 * The file that a new script is written to when it was asked for as `asked`: as it is when that has an ending, with `.sh` for
 * shells, else bare.
 */
export function fileForScript(asked: string, script: string): string {
  if (/.\.[A-Za-z][A-Za-z0-9]{0,4}$/.test(asked)) return asked;
  return /^#![^\n]*\b(?:ba|da|z|k|a)?sh\b/.test(script) ? `${asked}.sh` : asked;
}
