/** `looop help sensors` */
export function sensors(): string {
  return `A sensor is an executable file in sensors/ that begins with a shebang. Any language will do. Its name without the extension
is its id. It prints ONE JSON object on stdout:

  {"signal": {"open_reviews": 2}, "detail": {"titles": ["…"]}}

  signal   what should wake the loop when it changes. Without it the whole object counts.
  detail   what is good to know but wakes nobody: times, counts, texts.

Lines near the top set its pace:

  # looop:interval=60s      how often it runs (default: config \`interval\`)
  # looop:timeout=20s       when it is killed, with everything it started

It runs with the data dir as its directory and nothing on stdin. Anything else than one JSON object, more than 8 KiB, an exit code
other than 0 or a timeout makes an error reading, which wakes the loop once and stays until the next good one.

An example, as one writes it:

  looop _ sensor write inbox - <<'END'
  #!/bin/sh
  # looop:interval=30s
  printf '{"signal":{"files":%s}}\\n' "$(ls "$HOME/inbox" | wc -l)"
  END
  looop _ sensor test inbox

An edited sensor runs again at once. Texts that a sensor prints come from outside: agents get them marked as untrusted.`;
}
