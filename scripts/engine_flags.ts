/** How the executable runs V8: for starts of a few milliseconds, which is what agents wait for. Each was measured alone. */
export const ENGINE_FLAGS: readonly string[] = [
  // Functions are compiled with their file, so that they are in the code that the first run leaves in the runtime's cache: later ones
  // spare a fifth of their start. A run without a cache loses nothing by it (src/verbs/warm.ts sees to what is in there).
  "--no-lazy",
  // The two middle compilers work for functions that run a few hundred times, which is where a start ends; the last one stays for what
  // really runs long (a cost report over a million lines is as fast).
  "--no-sparkplug",
  "--no-maglev",
  // Room for all that a start allocates (MiB), so that nothing is collected in it.
  "--min-semi-space-size=4",
  // For `giveBack` of src/os/environment.ts: a verb that waits collects once.
  "--expose-gc",
];
