#!/bin/sh
# The scripted worker of `looop demo`. It stands for an agent session and keeps the worker contract: claim, ask, act, report, end.
set -eu
"$LOOOP_BIN" _ claim inbox
count=$(ls "$DEMO_INBOX" | wc -l | tr -d ' ')
"$LOOOP_BIN" _ unclaim inbox
answer=$("$LOOOP_BIN" _ ask --prompt "$count files lie in the inbox. Move them to the archive?" --options yes,no)
if [ "$answer" = yes ]; then
  "$LOOOP_BIN" _ claim inbox
  mv "$DEMO_INBOX"/* "$DEMO_ARCHIVE"/
  "$LOOOP_BIN" _ unclaim inbox
fi
printf '# tidy\n\nThe answer was "%s"; %s files were found.\n' "$answer" "$count" >"$LOOOP_REPORTS_DIR/tidy.md"
"$LOOOP_BIN" _ cost 0.0123
"$LOOOP_BIN" _ kill
