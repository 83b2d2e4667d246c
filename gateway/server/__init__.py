"""Serves the application: hypercorn's protocol code under an accept loop, a shutdown and workers of our own."""
