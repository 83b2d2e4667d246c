"""What the world speaks to: each module parses, calls one service or the upstream, and renders."""
