"""Access tokens of OpenID Connect issuers: whose they are, once they are found to be good."""
