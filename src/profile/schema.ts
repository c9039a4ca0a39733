import * as z from "zod/mini";

/** `profile.json`: written last, so that where it lies everything else was made. Times are milliseconds since 1970. */
export const markerSchema = z.looseObject({
  v: z.optional(z.number()),
  created: z.number(),
  /** The looop that made it. */
  version: z.string(),
  /** What the profile was taken over from, when it was. */
  adopted: z.optional(z.looseObject({ era: z.string(), ts: z.number(), originals: z.string() })),
});

export type Marker = z.infer<typeof markerSchema>;
