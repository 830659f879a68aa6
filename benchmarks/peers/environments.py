"""A virtual environment for each library, installed from the package index with every version pinned."""

import hashlib
import json
import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "PYTHONWARNINGS": "ignore",
}
"""No adapter may fetch a model or report its use."""

_VERSIONS = (
    "import importlib.metadata as m, json, sys; print(json.dumps({name: m.version(name) for name in sys.argv[1:]}))"
)


def prepare(library: str, work: Path) -> Path:
    """Return the Python of the environment of ``library`` under ``work``, made anew where its pins have changed.

    Raises CalledProcessError where an installation fails.
    """
    requirements = HERE / "requirements" / f"{library}.txt"
    folder = work / "environments" / library
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / "installed.sha256"
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == digest:
        return python
    print(f"installing {library}", file=sys.stderr)
    venv.create(folder, clear=True, with_pip=True)
    subprocess.run(
        [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-deps", "-r", requirements],
        check=True,
        stdout=sys.stderr,
    )
    stamp.write_text(digest, encoding="utf-8")
    return python


def versions(python: Path, distributions: Sequence[str]) -> dict[str, str]:
    """Return the installed version of each of ``distributions`` in the environment of ``python``."""
    done = subprocess.run([python, "-c", _VERSIONS, *distributions], check=True, capture_output=True, text=True)
    found: dict[str, str] = json.loads(done.stdout)
    return found


def run_adapter(python: Path, library: str, job: Path, out: Path) -> None:
    """Run the adapter of ``library`` on ``job``. Raises CalledProcessError where it fails; what it says is shown."""
    adapter = HERE / "adapters" / f"with_{library}.py"
    subprocess.run([python, adapter, job, out], check=True, env=os.environ | OFFLINE, stdout=sys.stderr)
