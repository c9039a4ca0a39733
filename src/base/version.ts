/** The version of this program; a test holds it against deno.json. */
export const VERSION = "0.1.0";

/** The commit it was built from, short; empty in a checkout. `scripts/compile` puts it in. */
export const COMMIT = "";
