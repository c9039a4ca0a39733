#!/bin/sh
# The scripted root agent of `looop demo`. It stands for a claude, pi or codex session and does what `looop help agent` teaches:
# wait, look at what changed, make ONE move, wait again. No model is called.
set -eu
PATH=/usr/bin:/bin:$PATH
say() { printf '%s\n' "$1" >>"$DEMO_DIR/root_agent.log"; }

# The first value of a string field in the JSON on stdin.
field() { grep -o "\"$1\": *\"[^\"]*\"" | head -n 1 | sed 's/^[^:]*: *"//; s/"$//'; }

after='' started=''
while :; do
  code=0
  world=$("$LOOOP_BIN" _ wait --json --client root --timeout 20s ${after:+--after "$after"}) || code=$?
  if [ "$code" = 75 ]; then continue; fi
  if [ "$code" != 0 ]; then say "wait ended with $code"; exit "$code"; fi
  after=$(printf '%s' "$world" | field delivery)
  changed=$(printf '%s' "$world" | tr -d ' \n' | grep -o '"item":"[^"]*"' | sed 's/^"item":"//; s/"$//' | tr '\n' ' ')
  say "woken by: $changed"

  case $changed in
    *sensor:inbox*)
      files=$(printf '%s' "$world" | tr -d ' \n' | grep -o '"sensor-inbox":{"signal":{"files":[0-9]*' | grep -o '[0-9]*$')
      if [ -z "$started" ] && [ "${files:-0}" -gt 2 ]; then
        started=1
        say "move: start the worker tidy"
        "$LOOOP_BIN" _ worker start tidy - --runner sh --goal inbox --verify '[ -z "$(ls "$DEMO_INBOX")" ]' --client root <"$DEMO_WORKER" >/dev/null
        continue
      fi
      ;;
  esac
  if [ -n "$started" ] && "$LOOOP_BIN" _ state --json | tr -d ' \n' | grep -q '"id":"tidy"[^}]*"verify":"pass"'; then
    say "move: archive the goal inbox"
    "$LOOOP_BIN" _ goal archive inbox --client root >/dev/null
    exit 0
  fi
done
