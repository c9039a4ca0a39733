#!/bin/sh
# Today's date, in local time: the world changes once a day.
# looop:interval=60s
# looop:timeout=10s
set -eu
LC_ALL=C
export LC_ALL
date '+{"signal":{"date":"%Y-%m-%d"},"detail":{"weekday":"%A"}}'
