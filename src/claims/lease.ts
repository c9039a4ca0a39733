import type { Claim } from "./schema.ts";

/** For how long a file that is no claim (yet) may be one that is being written by something other than looop. */
export const GRACE_MS = 10_000;

/** Whether the session of a holder lives. `never`: it has no session and had none that is known. */
export type HolderLiveness = "alive" | "dead" | "unknown" | "never";

/** A lease's file, as far as it could be understood. */
export type LeaseFile =
  | { readonly kind: "claim"; readonly claim: Claim }
  /** Not a claim: empty, half written, of another shape. */
  | { readonly kind: "broken"; readonly mtimeMs: number }
  /** Cannot be read, or was written by a newer looop: whose it is cannot be told. */
  | { readonly kind: "opaque" };

/** Whether a lease holds, and why not. */
export type LeaseState = "held" | "expired" | "holder dead" | "debris";

/**
 * The rule of leases. Not knowing whether the holder lives means held, and so does not being able to read the file. A holder without a
 * session (a person, the root agent, a script) holds until the time that it set; one that set none and that no session stands behind is
 * a session whose record is gone.
 */
export function leaseState(
  file: LeaseFile,
  facts: { readonly now: number; readonly holder: HolderLiveness },
): LeaseState {
  const { now, holder } = facts;
  switch (file.kind) {
    case "opaque":
      return "held";
    case "broken":
      return now - file.mtimeMs > GRACE_MS ? "debris" : "held";
    case "claim": {
      const { expires, ts } = file.claim;
      if (expires !== undefined && expires <= now) return "expired";
      if (holder === "dead") return "holder dead";
      return holder === "never" && expires === undefined && now - ts > GRACE_MS ? "holder dead" : "held";
    }
  }
}
