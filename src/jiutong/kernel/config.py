"""What can be set from outside, read once at the start."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

import msgspec

PREFIX = "JIUTONG_"

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
Count = Annotated[int, msgspec.Meta(ge=1)]
Rate = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
Secret = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class ConfigError(Exception):
    """A setting that cannot be; the message names it."""


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every setting, each from the environment (`JIUTONG_PORT=8080`) or from the TOML file named by `JIUTONG_CONFIG`."""

    database_url: str | None = None
    """The database. Without it jiutong runs its own. A role that may create roles prepares the database and its application role."""

    admin_database_url: str | None = None
    """The same database for a role that may create roles; needed to migrate where `database_url` is the application's own role."""

    data_dir: str | None = None
    """Where an installation keeps its own database, secret and log; `.jiutong` in the checkout by default."""

    consoles_dir: str | None = None
    """The folder of the built web apps. `jiutong up` builds and names it; without one the API is served alone."""

    host: str = "127.0.0.1"
    """The address to listen on."""

    port: Port = 8000
    """The port to listen on."""

    processes: Count = 1
    """Server processes. One serves a machine of two cores, which it shares with the database."""

    pool_hot: Count = 4
    """Connections for writing, per process. Batches share them, so a handful carries hundreds of clients."""

    pool_read: Count = 8
    """Connections for screens and reports, per process."""

    batch_max: Count = 256
    """Most commands written in one transaction."""

    batches_in_flight: Count = 2
    """Transactions of one flow and tenant under way at once: one is filled while the other commits."""

    queue_max: Count = 4096
    """Commands that may wait for a batch; the next is told to come back later."""

    wait_s_max: Count = 5
    """Longest wait for a connection or a place in a batch, in seconds."""

    rate_per_s: Rate = 0
    """Requests a key may send in a second, per process; as many may come at once. 0 sets no limit."""

    simulate_payments: bool = False
    """Let a simulated channel collect card and QR payments, for trying out. It hands out goods for money nobody has paid."""

    secret: Secret | None = None
    """64 hex digits all secrets are derived from; made and kept in the data folder by default. Servers of one database share it."""

    extra_data: str | None = None
    """A folder with the public reference files some imports and tests read."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least grave line worth writing."""

    @classmethod
    def load(cls, environment: Mapping[str, str]) -> Self:
        """Read it; what the environment says goes before what the file says."""
        given = {name: environment[PREFIX + name.upper()] for name in cls.__struct_fields__ if environment.get(PREFIX + name.upper())}
        try:
            return msgspec.convert({**_file(environment.get(PREFIX + "CONFIG")), **given}, cls, strict=False)
        except msgspec.ValidationError as refusal:
            what, _, where = str(refusal).partition(" - at `$.")
            raise ConfigError(f"{PREFIX}{where.rstrip('`').upper()}: {what}" if where else what) from refusal


def _file(path: str | None) -> dict[str, object]:
    if not path:
        return {}
    try:
        return tomllib.loads(Path(path).read_text())
    except (OSError, tomllib.TOMLDecodeError) as refusal:
        raise ConfigError(f"{PREFIX}CONFIG={path}: {refusal}") from refusal
