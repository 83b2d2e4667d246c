from deployer.fake_okta.keys import SigningKeys, key_id


def published(keys: SigningKeys) -> set[str]:
    return {jwk["kid"] for jwk in keys.jwks()["keys"]}


def test_a_published_key_is_public_and_says_what_it_is_for() -> None:
    keys = SigningKeys()
    [jwk] = keys.jwks()["keys"]
    assert {name: jwk[name] for name in ("kty", "alg", "use", "kid", "e")} == {
        "kty": "RSA",
        "alg": "RS256",
        "use": "sig",
        "kid": key_id(keys.current),
        "e": "AQAB",
    }
    assert set(jwk) == {"kty", "alg", "use", "kid", "e", "n"}
    assert len(jwk["n"]) == 342  # 2048 bits in base64url


def test_a_rotated_key_stays_published_until_the_next_rotation() -> None:
    keys = SigningKeys()
    first = key_id(keys.current)
    keys.rotate()
    second = key_id(keys.current)
    assert published(keys) == {first, second}
    keys.rotate()
    assert published(keys) == {second, key_id(keys.current)}
    assert first != second


def test_the_unknown_key_is_always_the_same_and_never_published() -> None:
    keys = SigningKeys()
    unknown = key_id(keys.unknown)
    keys.rotate()
    assert key_id(keys.unknown) == unknown
    assert unknown not in published(keys)
