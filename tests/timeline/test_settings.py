"""Settings: what an environment leaves out."""

import pytest

from timeline.settings import DEVELOPMENT_KEY, SecretKeyMissing, Settings

EMULATED = {"DATASTORE_EMULATOR_HOST": "localhost:8081"}


@pytest.mark.parametrize("left_out", [{}, {"SECRET_KEY": ""}])
def test_beside_an_emulator_the_key_of_development_signs(left_out: dict[str, str]) -> None:
    settings = Settings.from_environment(EMULATED | left_out)

    settings.check_secret_key()

    assert settings.secret_key == DEVELOPMENT_KEY


@pytest.mark.parametrize("given", [{}, {"SECRET_KEY": ""}, {"SECRET_KEY": DEVELOPMENT_KEY}])
def test_without_an_emulator_a_known_key_is_refused_in_one_line(given: dict[str, str]) -> None:
    settings = Settings.from_environment({"DATASTORE_EMULATOR_HOST": ""} | given)

    with pytest.raises(SecretKeyMissing) as refused:
        settings.check_secret_key()

    assert "SECRET_KEY" in str(refused.value)
    assert "app.yaml" in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_a_key_of_ones_own_is_taken() -> None:
    Settings.from_environment({"SECRET_KEY": "mine"}).check_secret_key()
