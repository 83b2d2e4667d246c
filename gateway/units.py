"""Units, so that numbers are written with theirs: 32 * MIB, 5 * SECONDS."""

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB

SECONDS = 1.0
DAY = 86_400 * SECONDS
