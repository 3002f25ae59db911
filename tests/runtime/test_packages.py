import json
import os

from sales_mgmt.assets_finder import FILES, PACKAGES_DIR
from sales_mgmt.runtime import packages
from sales_mgmt.runtime.gates import addresses_in_lock


def program(place, name, script):
    path = place / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_lock_file_names_no_registry():
    assert addresses_in_lock() == ""


def test_lock_file_pins_every_package_by_hash():
    lock = json.loads((packages.ASSETS_DIR / "package-lock.json").read_text())

    unpinned = [
        name for name, entry in lock["packages"].items() if name and "integrity" not in entry
    ]

    assert unpinned == []


def test_scripts_of_packages_are_not_run():
    assert "ignore-scripts=true" in (packages.ASSETS_DIR / ".npmrc").read_text().split()


def test_young_npm_of_the_system_is_used(tmp_path, monkeypatch):
    npm = program(tmp_path, "npm", "exit 0")
    program(tmp_path, "node", "echo v20.1.0")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert packages.npm() == [str(npm)]


def test_version_of_an_old_or_broken_node(tmp_path):
    assert packages.node_version(str(program(tmp_path, "node", "echo v12.22.0"))) == 12
    assert packages.node_version(str(program(tmp_path, "broken", "exit 1"))) == 0
    assert packages.node_version(str(tmp_path / "absent")) == 0


def test_account_without_a_home_gets_a_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/nonexistent")
    assert packages.npm_environment(tmp_path) == {"npm_config_cache": str(tmp_path)}

    monkeypatch.setenv("HOME", str(tmp_path))
    assert packages.npm_environment(tmp_path / "cache") == {}


def test_changed_lock_file_makes_the_packages_stale(tmp_path):
    (tmp_path / "package-lock.json").write_text("{}")
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / packages.stamp(tmp_path)).touch()
    assert packages.packages_are_current(tmp_path)

    (tmp_path / "package-lock.json").write_text('{"changed": 1}')

    assert not packages.packages_are_current(tmp_path)


def test_each_served_file_is_there():
    missing = [name for name in FILES if not os.path.isfile(PACKAGES_DIR / name)]

    assert missing == []
