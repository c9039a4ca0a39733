import * as z from "zod/mini";

/** `claims/<name>.json`: a lease. `ts` and `expires` are milliseconds since 1970; `nonce` is new at each acquisition. */
export const claimSchema = z.looseObject({
  v: z.optional(z.number()),
  session: z.string(),
  name: z.string(),
  ts: z.number(),
  nonce: z.string(),
  expires: z.optional(z.number()),
});

export type Claim = z.infer<typeof claimSchema>;

/** A claim as found: parsed, or why not. */
export interface ClaimFile {
  readonly name: string;
  readonly claim: Claim | undefined;
  readonly problem?: string | undefined;
  /** The problem is that a newer looop wrote it: hands off. */
  readonly newer?: boolean | undefined;
}
