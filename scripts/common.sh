# SPDX-License-Identifier: MIT OR GPL-2.0
# shellcheck shell=bash
# What the scripts share. Sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${WSK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/wsk-linux}

say()
{
	echo "$*" >&2
}

die()
{
	echo "${0##*/}: $*" >&2
	exit 1
}

# Prints a script's own opening comment, which is its manual.
manual()
{
	sed -n '4,/^$/ s/^# \{0,1\}//p' "$0"
}

# One job at a time on a thing in the cache: locks NAME until this shell ends.
lock()
{
	local name=$1 fd

	mkdir -p "$(dirname "$cache/$name")"
	exec {fd}>"$cache/$name.lock"
	flock -w 2 "$fd" && return
	say "waiting for another run to finish with $name"
	flock "$fd"
}

# Makes a folder equal to this checkout, by content: what did not change keeps its time, and so is
# not built again. What git ignores is neither copied nor removed. More options are rsync's.
sync_checkout()
{
	rsync "${@:2}" -rlpc --delete --exclude=/.git --filter=':- .gitignore' "$root/" "$1/"
}
