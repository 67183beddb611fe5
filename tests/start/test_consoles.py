"""When the web apps are built, and what is said when they cannot be: with a made-up Node.js that writes down what it was asked."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from jiutong.cli import consoles, up
from jiutong.cli.failure import Failure

LOCK: dict[str, dict[str, dict[str, object]]] = {
    "packages": {"": {}, "node_modules/a": {"version": "1.0.0"}, "node_modules/b": {"version": "2.0.0", "optional": True}}
}
NODE = """#!/bin/sh
case "$1" in --version) echo "${NODE_VERSION:-v22.20.0}"; exit;; esac
echo "node $*" >> "$ASKED"
if [ -n "$NODE_FAULT" ]; then echo "$NODE_FAULT" >&2; exit 1; fi
for app in console shop pos; do mkdir -p "$2/$app"; echo "$app" > "$2/$app/index.html"; done
"""
NPM = """#!/bin/sh
echo "npm $*" >> "$ASKED"
if [ -n "$NPM_FAULT" ]; then echo "$NPM_FAULT" >&2; exit 1; fi
case "$1" in
install) mkdir -p node_modules; cp package-lock.json node_modules/.package-lock.json;;
run) mkdir -p kit/api; echo "// client" > kit/api/schema.gen.ts;;
esac
"""
Asked = Callable[[], list[str]]


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """A checkout of its own; what Node.js and npm were asked since the last look."""
    sources, tools = tmp_path / "consoles", tmp_path / "tools"
    for folder in (sources / "shop", tools, tmp_path / ".jt"):
        folder.mkdir(parents=True)
    (sources / "package.json").write_text("{}")
    (sources / "package-lock.json").write_text(json.dumps(LOCK))
    (sources / "shop" / "main.tsx").write_text("start()")
    (tmp_path / "openapi.json").write_text("{}")
    for name, script in (("node", NODE), ("npm", NPM)):
        (tools / name).write_text(script)
        (tools / name).chmod(0o755)
    for name, path in {
        "ROOT": tmp_path,
        "SOURCES": sources,
        "LIBRARIES": sources / "node_modules",
        "DIST": sources / "dist",
        "CONTRACT": tmp_path / "openapi.json",
        "PRIVATE": tmp_path / ".jt",
        "LOG": tmp_path / ".jt" / "log",
    }.items():
        monkeypatch.setattr(consoles, name, path)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("ASKED", str(tmp_path / "asked"))

    def since() -> list[str]:
        log = tmp_path / "asked"
        told = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return [line.replace(f"{tmp_path}/", "") for line in told]

    return since


BUILT = ["node build/release.mjs .jt/consoles.new"]


def test_it_builds_once_and_again_only_when_a_source_changes(asked: Asked) -> None:
    assert consoles.built() == consoles.DIST
    assert asked() == ["npm install --no-save --no-fund --no-audit", "npm run client", *BUILT]
    assert (consoles.DIST / "pos" / "index.html").read_text() == "pos\n"
    assert consoles.built() == consoles.DIST
    assert asked() == []
    (consoles.SOURCES / "shop" / "main.tsx").write_text("begin()")
    consoles.built()
    assert asked() == BUILT
    consoles.CONTRACT.write_text('{"openapi": "3.1.0"}')
    consoles.built()
    assert asked() == ["npm run client", *BUILT]
    (consoles.SOURCES / "shop" / "main.test.tsx").write_text("test()")
    consoles.built()
    assert asked() == []


def test_libraries_are_installed_when_the_lock_names_others(asked: Asked) -> None:
    consoles.built()
    asked()
    changed = {**LOCK["packages"], "node_modules/a": {"version": "1.0.1"}}
    (consoles.SOURCES / "package-lock.json").write_text(json.dumps({"packages": changed}))
    assert not consoles.is_ready()
    consoles.installed()
    assert asked() == ["npm install --no-save --no-fund --no-audit"]
    assert consoles.is_ready()


def test_a_build_that_fails_keeps_the_one_before_and_says_why(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    consoles.built()
    (consoles.SOURCES / "shop" / "main.tsx").write_text("broken(")
    monkeypatch.setenv("NODE_FAULT", "Build failed\n\x1b[31m[PARSE_ERROR] Expected `)` in shop/main.tsx\nmore")
    with pytest.raises(Failure) as refusal:
        consoles.built()
    said = f"Building the consoles failed: [PARSE_ERROR] Expected `)` in shop/main.tsx. All of it: {consoles.LOG}"
    assert str(refusal.value) == said
    assert "more" in consoles.LOG.read_text()
    assert up.web_apps() == consoles.DIST
    assert capsys.readouterr().err == f"The web apps are not built. {said}. Those built before are served.\n"
    assert (consoles.DIST / "shop" / "index.html").read_text() == "shop\n"


def test_without_a_network_the_api_is_served_alone(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NPM_FAULT", "npm error code ENOTFOUND")
    assert up.web_apps() is None
    assert asked() == ["npm install --no-save --no-fund --no-audit"]
    assert "libraries failed: the network did not answer. All of it:" in capsys.readouterr().err


def test_a_package_has_no_sources_and_says_so(asked: Asked, capsys: pytest.CaptureFixture[str]) -> None:
    (consoles.SOURCES / "package.json").unlink()
    assert up.web_apps() is None
    assert capsys.readouterr().err == "This installation has no web apps: it serves the API alone.\n"
    assert asked() == []


@pytest.mark.parametrize(
    ("version", "enough"),
    [
        ("v18.20.0", False),
        ("v20.18.9", False),
        ("v20.19.0", True),
        ("v21.7.3", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.0.0", True),
    ],
)
def test_a_node_that_is_too_old_is_passed_by(asked: Asked, monkeypatch: pytest.MonkeyPatch, version: str, enough: bool) -> None:
    monkeypatch.setenv("NODE_VERSION", version)
    monkeypatch.setenv("NPM_FAULT", "ETIMEDOUT")
    monkeypatch.setattr(consoles, "_installer", lambda: ["false"])
    with pytest.raises(Failure, match=r"^Installing (the consoles' libraries|Node\.js) failed") as refusal:
        consoles.installed()
    assert ("libraries" in str(refusal.value)) == enough
    assert (asked() == []) != enough
