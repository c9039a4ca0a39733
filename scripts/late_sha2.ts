/** What stands in for `@noble/hashes/sha2.js` in the executable: the package itself, set up when it is first called. Most starts do without. */

/** Of a module that is bundled, not of the runtime: esbuild sets it up at the first call. */
declare function require(name: "@noble/hashes/sha2.js"): { readonly sha256: (data: Uint8Array) => Uint8Array };

/** SHA-256 of bytes. */
export function sha256(data: Uint8Array): Uint8Array {
  return require("@noble/hashes/sha2.js").sha256(data);
}
