"""Short, seeded forms of the attacks, the slow ones in minutes; `make stress` is the long one."""

import pytest

from stress import inputs, kills, makes, networks, systems

SHORT, LONG = 3, 12


def test_a_killed_run_is_made_again(tmp_path):
    found = kills.attack(tmp_path, 1, 1, stubs=True)
    assert found.tried and not found.bad, str(found)


def test_no_hostile_input_ends_badly(tmp_path):
    found = inputs.attack(tmp_path, 1, SHORT)
    assert found.tried >= SHORT and not found.bad, str(found)


@pytest.mark.slow
@pytest.mark.parametrize(
    "module", [kills, makes, networks, systems], ids=lambda each: each.__name__
)
def test_nothing_ends_badly_in_more_tries(tmp_path, module):
    more = {"stubs": True} if module is systems else {}  # it runs make forty times
    found = module.attack(tmp_path, 2, LONG, **more)
    assert found.tried >= LONG and not found.bad, str(found)
