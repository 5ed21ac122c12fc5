"""Settings from the environment."""

import pytest

from timeline.settings import DEVELOPMENT_KEY, SecretKeyMissing, SettingInvalid, Settings

EMULATED = {"DATASTORE_EMULATOR_HOST": "localhost:8081"}


@pytest.mark.parametrize("left_out", [{}, {"SECRET_KEY": ""}])
def test_the_development_key_is_accepted_with_an_emulator(left_out: dict[str, str]) -> None:
    settings = Settings.from_environment(EMULATED | left_out)

    settings.check_secret_key()

    assert settings.secret_key == DEVELOPMENT_KEY


@pytest.mark.parametrize("given", [{}, {"SECRET_KEY": ""}, {"SECRET_KEY": DEVELOPMENT_KEY}])
def test_the_development_key_is_refused_without_an_emulator(given: dict[str, str]) -> None:
    settings = Settings.from_environment({"DATASTORE_EMULATOR_HOST": ""} | given)

    with pytest.raises(SecretKeyMissing) as refused:
        settings.check_secret_key()

    assert "SECRET_KEY" in str(refused.value)
    assert "app.yaml" in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_a_secret_key_is_accepted() -> None:
    Settings.from_environment({"SECRET_KEY": "k" * 32}).check_secret_key()


@pytest.mark.parametrize("short", ["mine", "k" * 31])
def test_a_key_shorter_than_32_bytes_is_refused_without_an_emulator(short: str) -> None:
    with pytest.raises(SecretKeyMissing, match="shorter than 32 bytes"):
        Settings.from_environment({"SECRET_KEY": short}).check_secret_key()

    Settings.from_environment(EMULATED | {"SECRET_KEY": short}).check_secret_key()


@pytest.mark.parametrize(("given", "scale"), [("", 1.0), ("0", 0.0), ("0.5", 0.5), ("20", 20.0)])
def test_limits_are_scaled_by_any_number(given: str, scale: float) -> None:
    assert Settings.from_environment({"RATE_LIMIT_SCALE": given}).rate_limit_scale == scale


@pytest.mark.parametrize("given", ["off", "-1", "nan", "inf"])
def test_an_invalid_scale_is_refused(given: str) -> None:
    with pytest.raises(SettingInvalid, match="RATE_LIMIT_SCALE"):
        Settings.from_environment({"RATE_LIMIT_SCALE": given})


@pytest.mark.parametrize(("given", "ranges"), [("", 1), ("1", 1), ("64", 64)])
def test_index_ranges_are_a_number(given: str, ranges: int) -> None:
    assert Settings.from_environment({"TIMELINE_INDEX_RANGES": given}).timeline_index_ranges == ranges


@pytest.mark.parametrize("given", ["0", "65", "-1", "4.0", "many"])
def test_an_invalid_number_of_index_ranges_is_refused(given: str) -> None:
    with pytest.raises(SettingInvalid, match="TIMELINE_INDEX_RANGES"):
        Settings.from_environment({"TIMELINE_INDEX_RANGES": given})


@pytest.mark.parametrize("given", ["0", "37"])
def test_an_invalid_number_of_summary_chains_is_refused(given: str) -> None:
    with pytest.raises(SettingInvalid, match="SUMMARY_CHAINS"):
        Settings.from_environment({"SUMMARY_CHAINS": given})


@pytest.mark.parametrize(("given", "reads"), [("", 30), ("0", 0), ("500", 500)])
def test_a_busy_instance_is_defined_by_a_number(given: str, reads: int) -> None:
    assert Settings.from_environment({"BUSY_READS_PER_SECOND": given}).busy_reads_per_second == reads


@pytest.mark.parametrize("given", ["-1", "1000001", "often"])
def test_an_invalid_number_of_reads_is_refused(given: str) -> None:
    with pytest.raises(SettingInvalid, match="BUSY_READS_PER_SECOND"):
        Settings.from_environment({"BUSY_READS_PER_SECOND": given})


def test_origins_are_listed_one_by_one() -> None:
    listed = "https://app.example http://localhost:5173  http://[::1]:8000"

    assert Settings(cors_origins=listed).origins == set(listed.split())
    assert Settings().origins == frozenset()


@pytest.mark.parametrize(
    "given",
    ["*", "app.example", "https://app.example/", "https://*.example", "https://a.example, https://b.example"],
)
def test_an_invalid_origin_is_refused(given: str) -> None:
    with pytest.raises(SettingInvalid, match="CORS_ORIGINS"):
        _ = Settings(cors_origins=given).origins
