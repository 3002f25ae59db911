import gzip
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import override_settings

from sales_mgmt.assets_finder import ASSETS_DIR, FILES, PACKAGES_DIR

STYLES = re.compile(r'(?:href|src)="{% static \'([^\']+)\' %}"')
WEIGHT_LIMIT_KB = 150

installed = pytest.mark.skipif(not PACKAGES_DIR.is_dir(), reason="front-end packages are missing")


def test_the_lock_names_no_registry():
    lock = json.loads((ASSETS_DIR / "package-lock.json").read_text())

    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in lock["packages"].items() if name)


def test_versions_are_exact():
    wanted = json.loads((ASSETS_DIR / "package.json").read_text())["dependencies"]

    assert [
        version for version in wanted.values() if not re.fullmatch(r"\d+\.\d+\.\d+", version)
    ] == []


@installed
def test_every_listed_file_is_found_with_its_map():
    for name in FILES:
        assert finders.find(f"vendor/{name}"), name
        if name.endswith((".js", ".css")):
            named = re.findall(r"sourceMappingURL=(\S+?\.map)", (PACKAGES_DIR / name).read_text())
            folder = name.rsplit("/", 1)[0]
            assert [one for one in named if f"{folder}/{one}" not in FILES] == []


@installed
def test_other_files_of_packages_are_not_served():
    assert finders.find("vendor/echarts/package.json") is None
    assert finders.find("vendor/../package.json") is None


@installed
def test_collecting_hashes_names_and_follows_our_modules(tmp_path):
    storages = {**settings.STORAGES}
    storages["staticfiles"] = {"BACKEND": "sales_mgmt.static_storage.HashedStorage"}
    with override_settings(STATIC_ROOT=str(tmp_path), STORAGES=storages):
        call_command("collectstatic", interactive=False, verbosity=0)

    names = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    app = (tmp_path / names["js/app.js"]).read_text()
    vendor = (tmp_path / names["css/vendor.css"]).read_text()
    assert f'import("./{names["js/charts.js"].removeprefix("js/")}")' in app
    assert names["vendor/@tabler/core/dist/css/tabler.min.css"].removeprefix("vendor/") in vendor
    assert (tmp_path / (names["css/app.css"] + ".gz")).is_file()
    assert not list(tmp_path.rglob("*.br"))


@installed
def test_a_page_without_charts_is_light():
    """Every style and script that base.html names, and the modules that app.js takes at once."""
    templates = settings.BASE_DIR / "templates"
    named = STYLES.findall((templates / "frame_head.html").read_text())
    named += STYLES.findall((templates / "base.html").read_text())
    named = [name for name in set(named) if name.endswith((".css", ".js"))]
    app = (settings.BASE_DIR / "static/js/app.js").read_text()
    named += [f"js/{name}" for name in re.findall(r'from "\./(\w+\.js)"', app)] + ["js/texts.js"]

    weight = sum(len(gzip.compress(Path(finders.find(name)).read_bytes())) for name in named)

    assert any("tabler" in name for name in named)
    assert weight / 1024 <= WEIGHT_LIMIT_KB


@installed
def test_the_file_of_icons_holds_what_pages_name_and_little_else():
    drawings = Path(finders.find("icons.svg")).read_text()

    assert '<symbol id="telephone" viewBox="0 0 16 16"><path' in drawings
    assert '<symbol id="123"' not in drawings
    assert 50 < drawings.count("<symbol") < 600
    assert len(gzip.compress(drawings.encode())) < 60_000
