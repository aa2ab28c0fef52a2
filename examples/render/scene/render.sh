#!/bin/sh
# Renders the frame of this task: frames/frame-NNN.png, where NNN is the task's index.
set -eu

index=${MERIDIAN_TASK_INDEX:-0}
count=${MERIDIAN_TASK_COUNT:-1}
scene=$(dirname "$0")

if ! command -v povray >/dev/null; then
  echo "povray is not installed on this site; on Debian: apt-get install povray" >&2
  exit 1
fi

mkdir -p frames
frame=$(printf 'frames/frame-%03d.png' "$index")
clock=$(printf '0.%06d' $((index * 1000000 / count)))

echo "frame $index of $count at clock $clock"
povray "+I$scene/meridian.pov" "+O$frame" "+L$scene" "+K$clock" \
  +W"${FRAME_WIDTH:-320}" +H"${FRAME_HEIGHT:-180}" +A0.1 +AM2 +R2 -D -V +WT1 2>povray.log || {
  cat povray.log >&2
  exit 1
}
echo "wrote $frame"
