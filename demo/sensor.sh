#!/bin/sh
# looop:interval=1s
printf '{"signal":{"files":%d}}\n' "$(ls "$DEMO_INBOX" | wc -l)"
