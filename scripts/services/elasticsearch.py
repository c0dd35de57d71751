"""A real Elasticsearch, one node with the minimal modules, from its Maven artifact; an empty one at every start."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

from marketplace.kernel.clusters import hand_over, system_user
from scripts.services import debian
from scripts.services.state import (
    ServiceMissingError,
    download_folder,
    end,
    free_port,
    own,
    running_pid,
    spawn,
    state_folder,
    wait_until,
)

NAME = "elasticsearch"
VERSION = "8.19.21"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
ARCHIVE_SHA256 = "215d5f3dbf0609a149f6218a9e47b6ae2df34ebbff3c5754e35f15a5e5393c8a"
COPY_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
JAVA_AT_LEAST = 17
START_TIMEOUT_SECONDS = 120


def install() -> None:
    debian.need(lambda: _java_home() is not None, "openjdk-17-jre-headless", "default-jre-headless")
    _program()


def start() -> None:
    if running():
        return
    install()
    stop()
    folder, program, user = state_folder(NAME), _program(), system_user()
    port = free_port()
    home = folder / "home"
    hand_over(home, user)
    (home / "tmp").mkdir()
    shutil.copytree(program / "config", home / "config")
    own(home, user)
    settings = {
        "discovery.type": "single-node",
        "xpack.security.enabled": "false",
        "http.host": "127.0.0.1",
        "http.port": str(port),
        "transport.host": "127.0.0.1",
        "transport.port": str(free_port()),
        "path.data": str(home / "data"),
        "path.logs": str(home / "logs"),
        "cluster.routing.allocation.disk.threshold_enabled": "false",
    }
    options = [word for key, value in settings.items() for word in ("-E", f"{key}={value}")]
    spawn(
        [str(program / "bin" / "elasticsearch"), *options],
        folder=folder,
        environment=_environment(home),
        as_system_user=True,
    )
    (folder / "port").write_text(str(port))
    wait_until(lambda: _healthy_or_dead(folder, port), seconds=START_TIMEOUT_SECONDS, what="Elasticsearch")


def stop() -> None:
    folder = state_folder(NAME)
    end(folder)
    shutil.rmtree(folder / "home", ignore_errors=True)
    (folder / "port").unlink(missing_ok=True)


def running() -> bool:
    folder = state_folder(NAME)
    return running_pid(folder) is not None and (folder / "port").exists() and _healthy(_port(folder))


def exports() -> dict[str, str]:
    return {"GONGZAO_TEST_ELASTICSEARCH_URL": f"http://127.0.0.1:{_port(state_folder(NAME))}"}


def _port(folder: Path) -> int:
    return int((folder / "port").read_text())


def _environment(home: Path) -> dict[str, str]:
    java_home = _java_home()
    if java_home is None:
        raise ServiceMissingError(f"please install a Java ≥ {JAVA_AT_LEAST}")
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "LC_ALL": "C.UTF-8",
        "ES_JAVA_HOME": str(java_home),
        "ES_JAVA_OPTS": "-Xms1g -Xmx1g",
        "ES_PATH_CONF": str(home / "config"),
        "ES_TMPDIR": str(home / "tmp"),  # neither config nor data may lie below it
    }


def _healthy_or_dead(folder: Path, port: int) -> bool:
    if running_pid(folder) is None:
        log = (folder / "output.log").read_text(errors="replace")
        raise ServiceMissingError(f"Elasticsearch ended at its start:\n{log[-2000:]}")
    return _healthy(port)


def _healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_cluster/health", timeout=5) as answer:
            return json.load(answer)["status"] in {"green", "yellow"}
    except (urllib.error.URLError, OSError, ValueError, KeyError):
        return False


def _java_home() -> Path | None:
    """The first Java that is new enough: JAVA_HOME, the one on the path, those of Debian."""
    homes = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    if found := shutil.which("java"):
        homes.append(Path(found).resolve().parents[1])
    homes += sorted(Path("/usr/lib/jvm").glob("*"))
    return next((home for home in homes if _java_version(home) >= JAVA_AT_LEAST), None)


def _java_version(home: Path) -> int:
    program = home / "bin" / "java"
    if not program.exists():
        return 0
    said = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr
    match = re.search(r'version "(\d+)', said)
    return int(match[1]) if match else 0


def _program() -> Path:
    """The unpacked server in the download folder, fetched and checked against its digest on first use."""
    folder = download_folder() / f"elasticsearch-{VERSION}"
    if not folder.exists():
        with tempfile.TemporaryDirectory(dir=folder.parent) as draft:
            with zipfile.ZipFile(_archive()) as archive:
                archive.extractall(draft)
            unpacked = Path(draft) / folder.name
            for path in (unpacked, *unpacked.rglob("*")):
                runs = path.is_dir() or "bin" in path.relative_to(unpacked).parts
                path.chmod(0o755 if runs else 0o644)
            unpacked.rename(folder)
    return folder


def _archive() -> Path:
    archive = download_folder() / f"elasticsearch-{VERSION}.zip"
    if not archive.exists():
        debian.need(lambda: shutil.which("mvn") is not None, "maven")
        with tempfile.TemporaryDirectory(dir=archive.parent) as draft:
            goal = ["mvn", "-q", "-B", COPY_GOAL, f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={draft}"]
            done = subprocess.run(goal, capture_output=True, text=True, cwd=draft, check=False)
            if done.returncode:
                raise ServiceMissingError(f"fetching {ARTIFACT} failed:\n{done.stdout[-2000:]}")
            (Path(draft) / archive.name).rename(archive)
    with archive.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if digest != ARCHIVE_SHA256:
        archive.unlink()
        raise ServiceMissingError(f"{ARTIFACT} is not the archive we know: its SHA-256 is {digest}")
    return archive
