/** A text as one word of a command line that a person can paste. For showing only: what looop runs itself gets its data as arguments. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
