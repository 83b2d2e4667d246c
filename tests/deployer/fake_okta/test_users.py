import json
from pathlib import Path

import pytest

from deployer.fake_okta.errors import UsersFileError
from deployer.fake_okta.users import MADE_UP_USERS, Directory, User, load_users


def test_the_made_up_users_have_the_first_name_as_password() -> None:
    directory = Directory(MADE_UP_USERS)
    assert {user.login: user.groups for user in directory.users} == {
        "alice@example.com": ("Everyone", "data-science"),
        "bob@example.com": ("Everyone",),
        "carol@example.com": ("Everyone", "llm-admins"),
        "dave@example.com": ("Everyone", "contractors"),
    }
    for name in ("alice", "bob", "carol", "dave"):
        assert directory.authenticate(f"{name}@example.com", name) is directory.find(name)


@pytest.mark.parametrize("username", ["alice@example.com", "ALICE@example.com", "alice", "Alice"])
def test_the_part_before_the_at_is_a_name_and_case_does_not_matter(username: str) -> None:
    user = Directory(MADE_UP_USERS).authenticate(username, "alice")
    assert user is not None
    assert user.login == "alice@example.com"


@pytest.mark.parametrize(
    ("username", "password"), [("alice", "bob"), ("alice", ""), ("alice", "älice"), ("nobody", "nobody"), ("", "")]
)
def test_nobody_is_let_in_with_another_password(username: str, password: str) -> None:
    assert Directory(MADE_UP_USERS).authenticate(username, password) is None


def test_a_whole_login_comes_before_a_part_of_another() -> None:
    directory = Directory([User("ann@a.example", "1", "Ann", ()), User("ann", "2", "Ann", ())])
    found = directory.find("ann")
    assert found is not None
    assert found.login == "ann"


def test_a_users_id_looks_like_oktas_and_stays_the_same() -> None:
    ids = [user.uid for user in MADE_UP_USERS]
    assert len(set(ids)) == len(ids)
    assert {(uid[:3], len(uid)) for uid in ids} == {("00u", 20)}
    assert User("ALICE@example.com", "other", "other", ()).uid == ids[0]


def test_a_password_is_in_no_representation() -> None:
    assert "hush" not in repr(User("ann@a.example", "hush", "Ann", ()))


# --- files ---


def write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "users"
    file.write_text(text)
    return file


def test_users_come_from_yaml(tmp_path: Path) -> None:
    text = """
    users:
      - {login: ann@a.example, password: hush, name: Ann Other, groups: [Everyone, ops]}
      - {login: ben@a.example, password: hush}
    """
    assert load_users(write(tmp_path, text)) == (
        User("ann@a.example", "hush", "Ann Other", ("Everyone", "ops")),
        User("ben@a.example", "hush", "ben@a.example", ("Everyone",)),
    )


def test_users_come_from_json(tmp_path: Path) -> None:
    content = {"users": [{"login": "ann@a.example", "password": "hush", "groups": []}]}
    assert load_users(write(tmp_path, json.dumps(content))) == (User("ann@a.example", "hush", "ann@a.example", ()),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("users: [", "is neither YAML nor JSON"),
        ("\x00", "is neither YAML nor JSON"),
        ("", "expected a mapping with the key `users`"),
        ("- login: ann", "expected a mapping with the key `users`"),
        ("users: []", "expected a mapping with the key `users`"),
        ("users: [ann]", "users[0] is not a mapping"),
        ("users: [{password: hush}]", "users[0].login is missing or not text"),
        ("users: [{login: ann, password: 1234}]", "users[0].password is missing or not text; quote it"),
        ("users: [{login: ann, password: hush, groups: ops}]", "users[0].groups is not a list"),
        ("users: [{login: ann, password: hush, groups: [1]}]", "users[0].groups[0] is missing or not text"),
        ("users: [{login: ann, password: hush, group: ops}]", "users[0].group is unknown; known are login, password"),
        ("users: [{login: a, password: h}, {login: A, password: h}]", "users[1].login is there twice: A"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_place_and_without_a_password(
    tmp_path: Path, text: str, said: str
) -> None:
    file = write(tmp_path, text)
    with pytest.raises(UsersFileError) as error:
        load_users(file)
    assert said in str(error.value)
    assert str(file) in str(error.value)
    assert "hush" not in str(error.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsersFileError, match=r"cannot read the users' file .*missing: No such file"):
        load_users(tmp_path / "missing")
