from deployer.fake_llm.pace import Pace


def test_tokens_are_due_evenly_after_the_first() -> None:
    assert [Pace(4, 1).due(after) for after in (0, 1, 8)] == [1, 1.25, 3]


def test_no_speed_is_as_fast_as_possible() -> None:
    assert Pace(0, 0.5).due(1_000_000) == 0.5


def test_a_request_overrides_what_it_names() -> None:
    pace = Pace(10, 2)
    assert pace.overridden(None) == pace
    assert pace.overridden({"tokens_per_second": 0}) == Pace(0, 2)
    assert pace.overridden({"time_to_first_token": 1}) == Pace(10, 1)
