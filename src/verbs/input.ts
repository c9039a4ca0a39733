import { parseDuration } from "../base/duration.ts";
import { ok } from "../base/result.ts";
import { fail, type Result } from "../failure.ts";
import type { Input } from "./verb.ts";

/** The text of an argument or option, or undefined when it was not given. */
export function textOf(input: Input, name: string): string | undefined {
  const value = input[name];
  return typeof value === "string" ? value : undefined;
}

/** An argument that the entry calls required: the parser has seen to it. Throws when the entry does not. */
export function requiredText(input: Input, name: string): string {
  const value = textOf(input, name);
  if (value === undefined) throw new Error(`the entry does not require "${name}"`);
  return value;
}

/** Whether a switch was given. */
export function switchOf(input: Input, name: string): boolean {
  return input[name] === true;
}

/** The words of a `rest` argument or a `many` option; none when it was not given. */
export function listOf(input: Input, name: string): readonly string[] {
  const value = input[name];
  return Array.isArray(value) ? value as readonly string[] : [];
}

/** An option that holds a duration, in milliseconds; undefined when it was not given, a usage failure when it is none. */
export function durationOf(input: Input, name: string): Result<number | undefined> {
  const value = textOf(input, name);
  if (value === undefined) return ok(undefined);
  const ms = parseDuration(value);
  if (ms !== undefined) return ok(ms);
  return fail("usage", `use "${value}" for --${name}`, "it is not a duration", {
    hint: "durations look like 500ms, 60s, 5m, 2h, 3d; a bare number is seconds",
  });
}

/** An option that holds a whole number of at least `least`; undefined when it was not given. */
export function countOf(input: Input, name: string, least = 0): Result<number | undefined> {
  const value = textOf(input, name);
  if (value === undefined) return ok(undefined);
  const number = /^[0-9]{1,15}$/.test(value) ? Number(value) : -1;
  if (number >= least) return ok(number);
  return fail("usage", `use "${value}" for --${name}`, `it is not a whole number of at least ${least}`);
}
