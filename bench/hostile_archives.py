"""Archives that nobody should take, each with the answer it gets. Standard library only.

Names, structure and sizes are hostile; the content is harmless. Each case is a name, the archive's bytes, and the code of the
problem, or None for those that are fine."""

import gzip
import io
import stat
import struct
import tarfile
import zlib

LOCAL, CENTRAL, END = b"PK\3\4", b"PK\1\2", b"PK\5\6"


class Entry:
    """One entry of a zip; `said` is what the directory says in place of what the local header does."""

    def __init__(self, name, data=b"x", mode=0o100644, deflate=False, flags=0x800, method=None,
                 said=None):
        self.name = name if isinstance(name, bytes) else name.encode()
        self.method = (8 if deflate else 0) if method is None else method
        self.size, self.crc, self.mode, self.flags = len(data), zlib.crc32(data), mode, flags
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        self.packed = packer.compress(data) + packer.flush() if deflate else data
        self.said = said or {}

    def fields(self, name, crc, size, method, flags):
        return struct.pack("<HHHHHIIIHH", 20, flags, method, 0, 33, crc, len(self.packed), size, len(name), 0)

    def local(self):
        return LOCAL + self.fields(self.name, self.crc, self.size, self.method, self.flags) + self.name + self.packed

    def central(self, offset):
        said = {"name": self.name, "crc": self.crc, "size": self.size, "method": self.method, "flags": self.flags}
        said |= self.said
        return (CENTRAL + struct.pack("<H", 0x31E) + self.fields(**said)
                + struct.pack("<HHHII", 0, 0, 0, self.mode << 16, offset) + said["name"])


def end(count, directory, offset, comment=b""):
    return END + struct.pack("<HHHHIIH", 0, 0, count, count, directory, offset, len(comment)) + comment


def zip_of(*entries):
    body, directory = b"", b""
    for entry in entries:
        directory += entry.central(len(body))
        body += entry.local()
    return body + directory + end(len(entries), len(directory), len(body))


def names(*listed):
    return zip_of(*[Entry(name) for name in listed])


def link(name, target):
    return Entry(name, target.encode(), mode=stat.S_IFLNK | 0o777)


def tar_of(*members):
    """Members: name, type, link, content."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name, kind, linked, data in members:
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.size = kind, linked, len(data)
            tar.addfile(info, io.BytesIO(data))
    return target.getvalue()


def many(count):
    """A zip of so many empty files, with a zip64 end."""
    local = LOCAL + struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 33, 0, 0, 0, 8, 0)
    body = b"".join(local + b"%08x" % number for number in range(count))
    central = CENTRAL + struct.pack("<HHHHHHIIIHHHHHI", 0x31E, 20, 0, 0, 0, 33, 0, 0, 0, 8, 0, 0, 0, 0, 0o100644 << 16)
    step = len(local) + 8
    directory = b"".join(central + struct.pack("<I", number * step) + b"%08x" % number for number in range(count))
    start = len(body) + len(directory)
    large = b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, len(directory), len(body))
    return body + directory + large + b"PK\6\7" + struct.pack("<IQI", 0, start, 1) + END + struct.pack(
        "<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)


def bomb(files, size):
    zeros = Entry("z", b"\0" * size, deflate=True)
    entries = []
    for number in range(files):
        entry = Entry(f"z{number}", b"")
        entry.packed, entry.crc, entry.size, entry.method = zeros.packed, zeros.crc, zeros.size, 8
        entries.append(entry)
    return zip_of(*entries)


def overlapping(count):
    """Fifield's simplest: a directory that names one entry again and again."""
    entry = Entry("a", b"hello" * 100, deflate=True)
    body, directory = entry.local(), entry.central(0) * count
    return body + directory + end(count, len(directory), len(body))


def cases():
    regular, good = tarfile.REGTYPE, zip_of(Entry("a.txt", b"hello" * 100, deflate=True))
    paths = {
        "path_traversal": ["../../evil.txt", "..\\..\\evil.txt", "a/b/../../../c"],
        "path_absolute": ["/abs/evil", "C:\\Windows\\evil.dll", "\\\\host\\share\\x"],
        "path_invalid": ["", ".", "..", "a//b", "a\nb.txt", b"a\0b"],
        "path_bidi": ["game\u202egpj.exe"],
        "path_not_utf8": [b"caf\x82"],
        "path_reserved_name": ["CON", "nul.txt", "COM1.dll", "d/LPT9", "aux.", "CONIN$", "COM\u00b9"],
        "path_trailing_dot_or_space": ["a.exe.", "a.exe "],
        "path_forbidden_character": ["a.txt:evil.exe", "a*?.txt"],
        "path_component_too_long": ["a" * 300],
        "path_too_long": ["/".join(["d" * 60] * 80)],
        "path_too_deep": ["/".join(["d"] * 2000)],
    }
    for code, listed in paths.items():
        for name in listed:
            yield f"zip name {name[:24]!r}", names(name), code
    yield "zip case", names("Data/A.pak", "data/a.PAK"), "case_collision"
    yield "zip accents", names("caf\u00e9.txt", "cafe\u0301.txt"), "unicode_collision"
    yield "zip twice", names("a.txt", "a.txt"), "duplicate_entry"
    yield "zip file and folder", names("a", "a/b"), "path_conflict"
    yield "zip link out", zip_of(link("l", "../../../etc/passwd"), Entry("l/x")), "symlink_escapes"
    yield "zip link absolute", zip_of(link("l", "/etc/passwd")), "symlink_absolute"
    yield "zip link loop", zip_of(link("a", "b"), link("b", "a")), "symlink_loop"
    yield "zip through a link", zip_of(Entry("d/x"), link("l", "d"), Entry("l/evil")), "entry_through_link"
    yield "zip device", zip_of(Entry("dev", b"", mode=stat.S_IFCHR | 0o666)), "device_refused"
    yield "zip setuid", zip_of(Entry("run", mode=0o104755)), None
    yield "zip ratio", bomb(16, 64 << 20), "archive_bomb"
    yield "zip entries", many(1_000_001), "too_many_entries"
    yield "zip overlapping", overlapping(5000), "overlapping_entries"
    yield "zip cut", good[:len(good) // 2], "archive_truncated"
    yield "zip junk behind", good + b"JUNK" * 100, "archive_trailing_data"
    yield "zip program before", b"MZ" + b"\0" * 500 + good, "archive_prefix"
    yield "zip size lie", zip_of(Entry("a", b"abc", deflate=True, said={"size": 1})), "size_mismatch"
    yield "zip checksum lie", zip_of(Entry("a", b"abc", said={"crc": 0})), "crc_mismatch"
    yield "zip two names", zip_of(Entry("a.txt", said={"name": b"b.txt"})), "name_mismatch"
    yield "zip encrypted", zip_of(Entry("a", flags=0x801)), "archive_encrypted"
    yield "zip volume", b"PK\7\x08" + good, "multi_volume"
    yield "zip Deflate64", zip_of(Entry("a", method=9)), "unsupported_compression"
    yield "zip good", good, None
    for packed, wrap in [("tar", bytes), ("tar.gz", lambda data: gzip.compress(data, 6))]:
        yield f"{packed} up", wrap(tar_of(("../x", regular, "", b"x"))), "path_traversal"
        yield f"{packed} hard link", wrap(tar_of(("h", tarfile.LNKTYPE, "/etc/passwd", b""))), "hardlink_refused"
        yield f"{packed} device", wrap(tar_of(("d", tarfile.CHRTYPE, "", b""))), "device_refused"
        yield f"{packed} pipe", wrap(tar_of(("f", tarfile.FIFOTYPE, "", b""))), "device_refused"
        yield f"{packed} link, then through it", wrap(
            tar_of(("l", tarfile.SYMTYPE, "/tmp", b""), ("l/evil", regular, "", b"x"))), "symlink_absolute"
        yield f"{packed} cut", wrap(tar_of(("a", regular, "", b"x" * 5000)))[:-9000 if packed == "tar" else -9], "archive_truncated"
        yield f"{packed} good", wrap(tar_of(("a", regular, "", b"x" * 5000))), None
    yield "tar.gz ratio", gzip.compress(tar_of(("z", regular, "", b"\0" * (256 << 20))), 9), "archive_bomb"
    yield "tar volume", tar_of(("a", b"M", "", b"x")), "multi_volume"
    yield "tar sparse", tar_of(("a", b"S", "", b"x")), "unsupported_entry"
    yield "rar", b"Rar!\x1a\7\1\0" + b"\0" * 600, "unsupported_format"
    yield "text", b"hello, world\n" * 60, "unsupported_format"
