import { join } from "node:path";
import type { Paths } from "../profile/paths.ts";

/** The client that waits when nobody says which. */
export const DEFAULT_CLIENT = "root";

/** The files of one client. Its name has been validated. */
export interface ClientFiles {
  readonly dir: string;
  readonly cursor: string;
  readonly owner: string;
  readonly own: string;
}

/** Where a client's files lie. */
export function clientFiles(paths: Paths, client: string): ClientFiles {
  const dir = join(paths.cursors, client);
  return { dir, cursor: join(dir, "cursor.json"), owner: join(dir, "owner.json"), own: join(dir, "own") };
}

/** The ending of the files that a blocked wait holds the lock of. */
export const WAIT_ENDING = ".wait";

/** The file whose lock says that this wait lives. */
export function waitFile(files: ClientFiles, nonce: string): string {
  return join(files.dir, `${nonce}${WAIT_ENDING}`);
}

/** A name nobody else has. */
export function newNonce(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
