"""The page on which one chooses whom to be."""

from collections.abc import Iterable, Mapping
from html import escape
from urllib.parse import urlencode

from deployer.fake_okta.users import User

CHOICE = "sign_in_as"  # the query parameter that says which user was chosen

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body {{ font: 1rem/1.6 system-ui, sans-serif; margin: 3rem auto; max-width: 32rem; padding: 0 1rem }}</style>
<h1>{title}</h1>
{content}
"""


def sign_in_page(users: Iterable[User], client_id: str, query: Mapping[str, str]) -> str:
    """HTML with a link for each user, which repeats the request with that user chosen."""
    links = "\n".join(
        f'<li><a href="?{escape(urlencode({**query, CHOICE: user.login}))}">{escape(user.login)}</a>'
        f" ({escape(', '.join(user.groups))})"
        for user in users
    )
    content = f"<p>{escape(client_id)} wants to know who you are. You can be anybody:</p>\n<ul>\n{links}\n</ul>"
    return _PAGE.format(title="Fake Okta: sign in", content=content)


def error_page(message: str) -> str:
    """HTML that says why nobody can sign in."""
    return _PAGE.format(title="Fake Okta: this request is refused", content=f"<p>{escape(message)}</p>")
