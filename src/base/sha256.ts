import { sha256 } from "@noble/hashes/sha2.js";

/** SHA-256 of a text (as UTF-8) or of bytes, 64 lower-case hex digits. In process, so that no missing tool can make a hash constant. */
export function sha256Hex(data: string | Uint8Array): string {
  return sha256(typeof data === "string" ? new TextEncoder().encode(data) : data).toHex();
}

/**
 * The same for a text, by the runtime's own code: ten times as fast in a process that has just started. Deno has it on every
 * platform, in process.
 */
export async function sha256OfText(text: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).toHex();
}
