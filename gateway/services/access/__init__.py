"""Who may do what: users with an access token, and users with a key."""
