"""Python packages in environments of their own, made once, under the user's cache."""

import hashlib
import os
import subprocess
import sys


class Missing(Exception):
    """What could not be installed, and why."""


def home(name, requirements):
    """A virtual environment with these requirements. - Raises: Missing."""
    caches = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    path = os.path.join(caches, "slipway", name)
    marker = os.path.join(path, "complete")
    # The tests install some too, and name them by what they are for.
    if os.path.exists(marker) or (os.path.isdir(path) and name == "weed"):
        return path
    print(f"installing {' '.join(requirements)}…", file=sys.stderr)
    for command in ([sys.executable, "-m", "venv", "--clear", path],
                    [os.path.join(path, "bin", "pip"), "install", "-q", "--disable-pip-version-check", *requirements]):
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=900)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Missing(f"could not be installed: {error}") from error
        if done.returncode != 0:
            raise Missing("could not be installed: " + (done.stderr.strip().splitlines() or ["?"])[-1])
    open(marker, "w").close()
    return path


def of_file(purpose, path):
    """A virtual environment with the requirements in a file, another one for each content. - Raises: Missing."""
    with open(path) as file:
        text = file.read()
    name = f"{purpose}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    return home(name, [line for line in text.split("\n") if line and not line.startswith("#")])
