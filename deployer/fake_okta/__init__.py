"""A made-up Okta for trying and testing: whoever reaches it can be anybody, so it is never for real use.

It speaks as two servers, like Okta: the custom authorization server `default` (`/oauth2/default`), whose tokens are for
APIs such as the gateway, and the org server at the root, whose tokens are for Okta alone.

- `users`: alice, bob, carol, dave; the password is the first name. A file brings others.
- `keys`: RSA keys that rotate; `tokens`: what Okta puts into a token; `grants`: who gets one.
- `authorize`: the sign-in page, with PKCE and a redirect to this machine only.
- /fake/…: rotate keys (`keys`), order any token (`orders`), fail (`failures`), and count requests.
"""
