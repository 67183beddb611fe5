"""The configuration of a command: what the environment says, then what its options say."""

import os
from pathlib import Path

import msgspec

from jiutong.cli import private_folder
from jiutong.cli.checkout import DATA_DIR
from jiutong.cli.failure import Failure, refusals_of
from jiutong.cli.secret import secret_in
from jiutong.kernel.config import Config, ConfigError


class Settings(msgspec.Struct, frozen=True):
    """A configuration without gaps, and the folder that goes with it."""

    config: Config
    data_dir: Path


def settings(data_dir: Path | None = None, port: int | None = None) -> Settings:
    """Read and complete it. The folder exists and holds the secret afterwards."""
    try:
        config = Config.load(os.environ)
    except ConfigError as refusal:
        raise Failure(str(refusal)) from refusal
    folder = (data_dir or Path(config.data_dir or DATA_DIR)).absolute()
    with refusals_of(folder):
        private_folder.made(folder)
        secret = config.secret or secret_in(folder)
    return Settings(msgspec.structs.replace(config, port=port or config.port, secret=secret, data_dir=str(folder)), folder)
