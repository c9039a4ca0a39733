/**
 * What stands in for `zod/mini` in the executable: the dozen shapes that looop's schemas are made of, accepting, refusing and answering
 * as zod does. Loading zod and building its schemas takes a tenth of the start of a hot verb. The types and the truth are zod's: a
 * checkout runs on it, tests hold these shapes against it schema by schema, and a bundle in which a schema names a shape that is
 * not here is not made.
 */

/** Where a value is not of its shape. */
export interface Issue {
  readonly path: readonly PropertyKey[];
  /** It has its shape, and only fails a further demand. */
  readonly shaped?: boolean;
}

/** A shape. `parse` answers the value as zod would give it back, and adds to `issues` what is wrong with it. */
export interface Shape {
  /** May be left out of an object. */
  readonly optional: boolean;
  parse(value: unknown, path: readonly PropertyKey[], issues: Issue[]): unknown;
  check(...checks: readonly Check[]): Shape;
  safeParse(value: unknown): Parsed;
}

/** A further demand on a value that has its shape. */
export type Check = (value: unknown) => boolean;

/** As much of zod's answer as looop reads. */
export type Parsed =
  | { readonly success: true; readonly data: unknown }
  | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };

type Parse = Shape["parse"];

class LeanShape implements Shape {
  constructor(readonly parse: Parse, readonly optional: boolean = false) {}

  check(...checks: readonly Check[]): Shape {
    const parse: Parse = (value, path, issues) => {
      const before = issues.length;
      const parsed = this.parse(value, path, issues);
      if (issues.length === before && !checks.every((holds) => holds(parsed))) {
        issues.push({ path, shaped: true });
      }
      return parsed;
    };
    return new LeanShape(parse, this.optional);
  }

  safeParse(value: unknown): Parsed {
    const issues: Issue[] = [];
    const data = this.parse(value, [], issues);
    return issues.length === 0 ? { success: true, data } : { success: false, error: { issues } };
  }
}

/** A shape of single values. */
function of(holds: Check): Shape {
  return new LeanShape((value, path, issues) => {
    if (!holds(value)) issues.push({ path });
    return value;
  });
}

const STRING = of((value) => typeof value === "string");
const NUMBER = of((value) => typeof value === "number" && Number.isFinite(value));
const BOOLEAN = of((value) => typeof value === "boolean");

/** A text. */
export function string(): Shape {
  return STRING;
}

/** A number, neither infinite nor NaN. */
export function number(): Shape {
  return NUMBER;
}

/** True or false. */
export function boolean(): Shape {
  return BOOLEAN;
}

/** This value alone. */
export function literal(only: string | number | boolean | null): Shape {
  return of((value) => value === only);
}

function oneOf(words: readonly string[]): Shape {
  return of((value) => typeof value === "string" && words.includes(value));
}
/** One of these words. */
export { oneOf as enum };

/** The shape, or undefined. */
export function optional(shape: Shape): Shape {
  return new LeanShape((value, path, issues) => value === undefined ? value : shape.parse(value, path, issues), true);
}

/** The shape, or null. */
export function nullable(shape: Shape): Shape {
  return new LeanShape(
    (value, path, issues) => value === null ? value : shape.parse(value, path, issues),
    shape.optional,
  );
}

function orElse(shape: Shape, initial: unknown): Shape {
  return new LeanShape((value, path, issues) => value === undefined ? initial : shape.parse(value, path, issues), true);
}
/** The shape, or `initial` in place of undefined. */
export { orElse as _default };

/** A list of the shape. */
export function array(shape: Shape): Shape {
  return new LeanShape((value, path, issues) => {
    if (Array.isArray(value)) return value.map((one, i) => shape.parse(one, [...path, i], issues));
    issues.push({ path });
    return value;
  });
}

/** An object with any keys that `key` takes and values of the shape. */
export function record(key: Shape, shape: Shape): Shape {
  return new LeanShape((value, path, issues) => {
    if (!isPlain(value)) {
      issues.push({ path });
      return value;
    }
    const parsed: Record<string, unknown> = {};
    for (const name of Object.keys(value)) {
      if (name === "__proto__") continue;
      if (!key.safeParse(name).success) issues.push({ path: [...path, name] });
      else parsed[name] = shape.parse(value[name], [...path, name], issues);
    }
    return parsed;
  });
}

/** The first of these shapes that fits. Where it is clear which one was meant, what is wrong is told of that one. */
export function union(shapes: readonly Shape[]): Shape {
  return new LeanShape((value, path, issues) => {
    const meant: Issue[][] = [];
    for (const shape of shapes) {
      const tried: Issue[] = [];
      const parsed = shape.parse(value, path, tried);
      if (tried.length === 0) return parsed;
      if (tried.every(({ shaped }) => shaped === true)) meant.push(tried);
    }
    issues.push(...meant.length === 1 ? meant[0] ?? [] : [{ path }]);
    return value;
  });
}

/** An object with at least these keys; the others are kept as they are. */
export function looseObject(shapes: Readonly<Record<string, Shape>>): Shape {
  const names = Object.keys(shapes);
  return new LeanShape((value, path, issues) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      issues.push({ path });
      return value;
    }
    const given = value as Readonly<Record<string, unknown>>;
    const parsed: Record<string, unknown> = {};
    for (const name of names) {
      const shape = shapes[name] as Shape;
      if (!(name in given) && !shape.optional) {
        issues.push({ path: [...path, name] });
        continue;
      }
      const own = shape.parse(given[name], [...path, name], issues);
      if (own !== undefined || name in given) parsed[name] = own;
    }
    for (const name of Object.keys(given)) {
      if (!Object.hasOwn(shapes, name) && name !== "__proto__") parsed[name] = given[name];
    }
    return parsed;
  });
}

/** At least this. */
export function minimum(least: number): Check {
  return (value) => typeof value === "number" && value >= least;
}

/** The shape's own `safeParse`. */
export function safeParse(shape: Shape, value: unknown): Parsed {
  return shape.safeParse(value);
}

/** An object as JSON and literals make it. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
