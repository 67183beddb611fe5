"""What can be set, and what is said of what cannot be."""

from pathlib import Path

import pytest

from jiutong.kernel.config import Config, ConfigError


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "jiutong.toml"
    file.write_text('port = 8001\nhost = "::1"\n')
    config = Config.load({"JIUTONG_CONFIG": str(file), "JIUTONG_PORT": "8002", "HOME": "/"})
    assert (config.port, config.host, config.processes) == (8002, "::1", 1)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"JIUTONG_PORT": "http"}, "JIUTONG_PORT: Expected `int`, got `str`"),
        ({"JIUTONG_PORT": "70000"}, "JIUTONG_PORT: Expected `int` <= 65535"),
        ({"JIUTONG_SECRET": "short"}, "JIUTONG_SECRET: Expected `str` matching regex '^[0-9a-f]{64}$'"),
        ({"JIUTONG_CONFIG": "/nowhere.toml"}, "JIUTONG_CONFIG=/nowhere.toml: [Errno 2] No such file or directory: '/nowhere.toml'"),
    ],
)
def test_a_setting_that_cannot_be_is_named(environment: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        Config.load(environment)
    assert str(refusal.value) == message


def test_a_misspelled_setting_in_the_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "jiutong.toml"
    file.write_text("proceses = 2\n")
    with pytest.raises(ConfigError, match="unknown field `proceses`"):
        Config.load({"JIUTONG_CONFIG": str(file)})
