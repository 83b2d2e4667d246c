"""Chat history: what is stored of a session, how, and under which keys."""
