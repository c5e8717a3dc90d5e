import Archives

/// Bad tars: the numbers are those of the list of bad inputs.
enum HostileTars {
    static let all: [Hostile] = [
        Hostile(name: "1 traversal", bytes: TarBytes.make { $0.add("../x", [1]) }, code: "path_traversal"),
        Hostile(name: "2 absolute", bytes: TarBytes.make { $0.add("/x", [1]) }, code: "path_absolute"),
        Hostile(name: "1 prefix", bytes: TarBytes.make { $0.add("x", [1], prefix: "..") }, code: "path_traversal"),
        Hostile(
            name: "1 pax",
            bytes: TarBytes.make {
                $0.addPax(["path": "../x"]); $0.add("x", [1])
            },
            code: "path_traversal"),
        Hostile(
            name: "1 GNU",
            bytes: TarBytes.make {
                $0.add("L", Array("../x\u{0}".utf8), type: "L"); $0.add("x", [1])
            },
            code: "path_traversal"),
        Hostile(
            name: "21 link", bytes: TarBytes.make { $0.add("l", type: "2", link: "/tmp") }, code: "symlink_absolute"),
        Hostile(
            name: "20 pax link",
            bytes: TarBytes.make {
                $0.addPax(["linkpath": "../x"]); $0.add("l", type: "2")
            },
            code: "symlink_escapes"),
        Hostile(
            name: "23 through a link",
            bytes: TarBytes.make {
                $0.add("l", type: "2", link: "d"); $0.add("l/evil", [1])
            },
            code: "entry_through_link"),
        Hostile(
            name: "24 hard link", bytes: TarBytes.make { $0.add("h", type: "1", link: "/etc/passwd") },
            code: "hardlink_refused"),
        Hostile(name: "25 device", bytes: TarBytes.make { $0.add("d", type: "3") }, code: "device_refused"),
        Hostile(name: "25 block", bytes: TarBytes.make { $0.add("d", type: "4") }, code: "device_refused"),
        Hostile(name: "25 pipe", bytes: TarBytes.make { $0.add("f", type: "6") }, code: "device_refused"),
        Hostile(
            name: "27 twice",
            bytes: TarBytes.make {
                $0.add("a", [1]); $0.add("a", [1])
            }, code: "duplicate_entry"),
        Hostile(
            name: "27 twice by ./",
            bytes: TarBytes.make {
                $0.add("a", [1]); $0.add("./a", [1])
            },
            code: "duplicate_entry"),
        Hostile(name: "33 no end", bytes: tar { $0.add("a", [1]) }, code: "archive_truncated"),
        Hostile(
            name: "33 cut", bytes: Array(TarBytes.make { $0.add("a", Array(repeating: 1, count: 5000)) }.prefix(2000)),
            code: "archive_truncated"),
        Hostile(
            name: "34 behind the end", bytes: TarBytes.make { $0.add("a", [1]) } + tar { $0.add("b", [1]) },
            code: "archive_trailing_data"),
        Hostile(name: "several volumes", bytes: TarBytes.make { $0.add("a", [1], type: "M") }, code: "multi_volume"),
        Hostile(name: "sparse", bytes: TarBytes.make { $0.add("a", [1], type: "S") }, code: "unsupported_entry"),
        Hostile(
            name: "sparse by pax",
            bytes: TarBytes.make {
                $0.addPax(["GNU.sparse.major": "1"]); $0.add("a", [1])
            }, code: "unsupported_entry"),
        Hostile(
            name: "global path",
            bytes: TarBytes.make {
                $0.addPax(["path": "x"], type: "g"); $0.add("a", [1])
            },
            code: "archive_corrupt"),
        Hostile(name: "unknown type", bytes: TarBytes.make { $0.add("a", [1], type: "Z") }, code: "unsupported_entry"),
        Hostile(name: "damaged header", bytes: damaged, code: "archive_corrupt"),
        Hostile(
            name: "endless extensions", bytes: TarBytes.make { tar in for _ in 0..<50 { tar.addPax(["a": "b"]) } },
            code: "archive_corrupt"),
        Hostile(
            name: "malformed pax", bytes: TarBytes.make { $0.add("p", Array("99 a=b\n".utf8), type: "x") },
            code: "archive_corrupt"),
        Hostile(
            name: "huge size",
            bytes: TarBytes.make {
                $0.addPax(["size": "9223372036854775807"]); $0.add("a", [1])
            },
            code: "entry_too_large"),
    ]

    static let compressed: [Hostile] = {
        let tar = TarBytes.make { $0.add("a", Array(repeating: 7, count: 3000)) }
        let gzip = deflated(tar, isGzip: true)
        var wrongChecksum = gzip
        wrongChecksum[gzip.count - 6] ^= 1
        var wrongSize = gzip
        wrongSize[gzip.count - 1] ^= 1
        let zeros = TarBytes.make { $0.add("zeros", [UInt8](repeating: 0, count: 4 << 20)) }
        return [
            Hostile(name: "33 cut", bytes: Array(gzip.dropLast(20)), code: "archive_truncated"),
            Hostile(name: "33 without checksum", bytes: Array(gzip.dropLast(5)), code: "archive_truncated"),
            Hostile(name: "34 junk behind", bytes: gzip + [1, 2, 3], code: "archive_trailing_data"),
            Hostile(name: "36 checksum", bytes: wrongChecksum, code: "crc_mismatch"),
            Hostile(name: "37 size", bytes: wrongSize, code: "size_mismatch"),
            Hostile(name: "29 bomb", bytes: deflated(zeros, isGzip: true), code: "archive_bomb"),
            Hostile(
                name: "not a tar", bytes: deflated(Array(repeating: 65, count: 2000), isGzip: true),
                code: "archive_corrupt"),
            Hostile(name: "40 nothing inside", bytes: deflated([], isGzip: true), code: "archive_truncated"),
        ]
    }()

    private static var damaged: [UInt8] {
        var bytes = TarBytes.make {
            $0.add("a", [1]); $0.add("b", [1])
        }
        bytes[1024 + 5] ^= 1
        return bytes
    }

    /// A tar without its end.
    private static func tar(_ build: (inout TarBytes) -> Void) -> [UInt8] {
        var tar = TarBytes()
        build(&tar)
        return tar.bytes
    }
}
