import type { Result } from "../failure.ts";
import type { Expected, OwnAction } from "../world/own.ts";
import type { Call } from "./verb.ts";

/**
 * Makes a change that is no move for the client that was named, so that it is no news to that client (see `asOwnMove`). Without a client
 * nothing is loaded for it.
 */
export async function asOwn<T>(call: Call, expected: Expected, action: OwnAction<T>): Promise<Result<T>> {
  const { actor, context } = call;
  if (actor.client === undefined) return await action.run();
  const { asOwnMove } = await import("../world/own.ts");
  return await asOwnMove(context, actor, expected, action);
}
