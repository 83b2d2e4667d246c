"""Bytes in, events out, and back; no I/O."""
