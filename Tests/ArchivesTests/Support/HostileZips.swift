import Archives
import Content

/// Bad zips: the numbers are those of the list of bad inputs.
enum HostileZips {
    private typealias Entry = ZipBytes.Entry

    static var all: [Hostile] { self.paths + self.pairs + self.links + self.structures + self.lies + self.limits }

    private static func zip(_ number: Int, _ names: [String], _ code: String) -> Hostile {
        Hostile(name: "\(number) \(names)", bytes: ZipBytes(names.map { Entry($0) }).bytes, code: code)
    }

    static let paths: [Hostile] = [
        zip(1, ["../../evil.txt"], "path_traversal"), zip(2, ["/abs/evil"], "path_absolute"),
        zip(3, ["..\\..\\evil.txt"], "path_traversal"), zip(4, ["C:\\Windows\\evil.dll"], "path_absolute"),
        zip(5, ["\\\\host\\share\\x"], "path_absolute"), zip(6, ["a/b/../../../c"], "path_traversal"),
        zip(7, [""], "path_invalid"), zip(8, ["."], "path_invalid"), zip(8, [".."], "path_invalid"),
        zip(8, ["a/./b"], "path_invalid"), zip(8, ["a//b"], "path_invalid"), zip(9, ["a\u{0}b"], "path_invalid"),
        zip(10, ["a\nb.txt"], "path_invalid"), zip(10, ["a\u{1B}[2J"], "path_invalid"),
        zip(11, ["game\u{202E}gpj.exe"], "path_bidi"),
        zip(14, ["CON"], "path_reserved_name"), zip(14, ["nul.txt"], "path_reserved_name"),
        zip(14, ["COM1.dll"], "path_reserved_name"), zip(14, ["data/LPT9"], "path_reserved_name"),
        zip(14, ["aux."], "path_reserved_name"), zip(14, ["CONIN$"], "path_reserved_name"),
        zip(14, ["COM\u{B9}"], "path_reserved_name"),
        zip(15, ["a.exe."], "path_trailing_dot_or_space"), zip(15, ["a.exe "], "path_trailing_dot_or_space"),
        zip(16, ["a.txt:evil.exe"], "path_forbidden_character"), zip(16, ["a*?.txt"], "path_forbidden_character"),
        zip(17, [String(repeating: "a", count: 300)], "path_component_too_long"),
        zip(18, [repeatElement(String(repeating: "d", count: 60), count: 80).joined(separator: "/")], "path_too_long"),
        zip(19, [repeatElement("d", count: 2000).joined(separator: "/")], "path_too_deep"),
        Hostile(
            name: "not UTF-8",
            bytes: ZipBytes([Entry("a").with { $0.name = [0x63, 0x61, 0x66, 0x82] }]).bytes, code: "path_not_utf8"),
    ]

    static let pairs: [Hostile] = [
        zip(12, ["Data/A.pak", "data/a.PAK"], "case_collision"),
        zip(13, ["caf\u{E9}.txt", "cafe\u{301}.txt"], "unicode_collision"),
        zip(26, ["a", "a/b"], "path_conflict"), zip(26, ["a/b", "a"], "path_conflict"),
        zip(26, ["a", "a/"], "size_mismatch"), zip(27, ["a.txt", "a.txt"], "duplicate_entry"),
    ]

    private static func link(_ name: String, _ target: String) -> ZipBytes.Entry {
        Entry(name, Array(target.utf8)).with { $0.mode = 0o120777 }
    }

    private static func links(_ number: Int, _ code: String, _ entries: [ZipBytes.Entry]) -> Hostile {
        let names = entries.map { String(decoding: $0.name, as: UTF8.self) }
        return Hostile(name: "\(number) \(names)", bytes: ZipBytes(entries).bytes, code: code)
    }

    static let links: [Hostile] = [
        links(20, "symlink_escapes", [link("l", "../../../etc/passwd"), Entry("l/x")]),
        links(20, "symlink_escapes", [link("a/b/l", "../../../x")]),
        links(20, "symlink_escapes", [link("d/l", "."), link("m", "d/l/../..")]),
        links(21, "symlink_absolute", [link("l", "/etc/passwd")]),
        links(21, "symlink_absolute", [link("l", "C:\\x")]),
        links(22, "symlink_loop", [link("a", "b"), link("b", "a")]),
        links(22, "symlink_loop", [link("a", "a")]),
        links(23, "entry_through_link", [Entry("d/x"), link("l", "d"), Entry("l/evil")]),
        links(23, "symlink_target_invalid", [link("l", "a\nb")]),
        links(25, "device_refused", [Entry("dev").with { $0.mode = 0o020666 }]),
        links(25, "device_refused", [Entry("pipe").with { $0.mode = 0o010666 }]),
    ]

    private static let good: ZipBytes = {
        let data = Array(String(repeating: "hello", count: 100).utf8)
        return ZipBytes([Entry("a.txt", data).with { $0.isDeflated = true }])
    }()

    static let structures: [Hostile] = [
        Hostile(
            name: "33 cut in half", bytes: Array(good.bytes.prefix(good.bytes.count / 2)), code: "archive_truncated"),
        Hostile(name: "33 cut in the end", bytes: Array(good.bytes.dropLast(3)), code: "archive_truncated"),
        Hostile(
            name: "34 junk behind", bytes: good.bytes + Array(String(repeating: "JUNK", count: 100).utf8),
            code: "archive_trailing_data"),
        Hostile(
            name: "35 program in front", bytes: Array("MZ".utf8) + [UInt8](repeating: 0, count: 500) + good.bytes,
            code: "archive_prefix"),
        Hostile(
            name: "35 zip in front", bytes: ZipBytes("x").bytes + good.bytes, code: "archive_prefix"),
        Hostile(
            name: "bytes in between",
            bytes: ZipBytes([Entry("a")]).with { $0.gap = Array("hidden".utf8) }.bytes, code: "archive_hidden_data"),
        Hostile(
            name: "second end in the comment",
            bytes: ZipBytes("a").with { $0.comment = ZipBytes("b").bytes + [0] }.bytes, code: "archive_hidden_data"),
        Hostile(
            name: "second zip in the comment",
            bytes: ZipBytes("a").with { $0.comment = ZipBytes("b").bytes }.bytes, code: "archive_prefix"),
        Hostile(
            name: "39 encrypted", bytes: ZipBytes([Entry("a").with { $0.flags |= 1 }]).bytes, code: "archive_encrypted"),
        Hostile(
            name: "39 AES", bytes: ZipBytes([Entry("a").with { $0.method = 99 }]).bytes, code: "archive_encrypted"),
        Hostile(name: "40 no bytes", bytes: [], code: "archive_empty"),
        Hostile(name: "40 no entries", bytes: ZipBytes([]).bytes, code: "archive_empty"),
        Hostile(name: "several volumes", bytes: Array("PK\u{7}\u{8}".utf8) + good.bytes, code: "multi_volume"),
        Hostile(name: "not an archive", bytes: Array("hello, world".utf8), code: "unsupported_format"),
        Hostile(
            name: "Deflate64", bytes: ZipBytes([Entry("a").with { $0.method = 9 }]).bytes,
            code: "unsupported_compression"),
        Hostile(name: "30 overlapping and repeated", bytes: overlapping, code: "overlapping_entries"),
        Hostile(name: "30 one inside another", bytes: nested, code: "overlapping_entries"),
        Hostile(
            name: "fewer entries than counted", bytes: ZipBytes("a", "b").with { $0.countOffset = 1 }.bytes,
            code: "archive_corrupt"),
        Hostile(
            name: "more entries than counted", bytes: ZipBytes("a", "b").with { $0.countOffset = -1 }.bytes,
            code: "archive_hidden_data"),
    ]

    /// 5,000 directory entries of one local entry, the bomb of Fifield at its simplest.
    private static var overlapping: [UInt8] {
        let parts = good.parts
        let core = Array(parts.bytes[parts.directory..<parts.end])
        let count = 5000
        var bytes = Array(parts.bytes[..<parts.directory])
        for _ in 0..<count { bytes += core }
        bytes += little(0x0605_4B50, 4) + little(0, 4) + little(count, 2) + little(count, 2)
        return bytes + little(core.count * count, 4) + little(parts.directory, 4) + little(0, 2)
    }

    /// A stored entry whose content is another entry that the directory names too.
    private static var nested: [UInt8] {
        let inner = ZipBytes([Entry("inner")]).parts
        let local = Array(inner.bytes[..<inner.directory])
        let outer = ZipBytes([Entry("outer", local)]).parts
        var bytes = Array(outer.bytes[..<outer.end])
        var core = Array(inner.bytes[inner.directory..<inner.end])
        core.replaceSubrange(42..<46, with: little(outer.directory - local.count, 4))
        bytes += core
        bytes += little(0x0605_4B50, 4) + little(0, 4) + little(2, 2) + little(2, 2)
        return bytes + little(bytes.count - 12 - outer.directory, 4) + little(outer.directory, 4) + little(0, 2)
    }

    static let lies: [Hostile] = [
        Hostile(
            name: "36 checksum in the directory only",
            bytes: ZipBytes([Entry("a").with { $0.directoryChecksum = 0 }]).bytes, code: "crc_mismatch"),
        Hostile(
            name: "36 checksum in both", bytes: ZipBytes([Entry("a").with { $0.checksum = 0 }]).bytes,
            code: "crc_mismatch"),
        Hostile(
            name: "37 size in the directory only",
            bytes: ZipBytes([
                Entry("a", [1, 2, 3]).with {
                    $0.isDeflated = true; $0.directorySize = 1
                }
            ]).bytes,
            code: "size_mismatch"),
        Hostile(
            name: "37 size too small in both",
            bytes: ZipBytes([
                Entry("a", [1, 2, 3]).with {
                    $0.isDeflated = true; $0.size = 1
                }
            ]).bytes,
            code: "size_mismatch"),
        Hostile(
            name: "37 size too large in both",
            bytes: ZipBytes([
                Entry("a", [1, 2, 3]).with {
                    $0.isDeflated = true; $0.size = 9
                }
            ]).bytes,
            code: "size_mismatch"),
        Hostile(
            name: "37 more packed bytes than used",
            bytes: ZipBytes([
                Entry("a", [1, 2, 3]).with {
                    $0.packed = deflated([1, 2, 3]) + [9, 9]; $0.method = 8
                }
            ])
            .bytes,
            code: "size_mismatch"),
        Hostile(
            name: "37 descriptor",
            bytes: ZipBytes([
                Entry("a").with {
                    $0.hasDescriptor = true; $0.directorySize = 7
                }
            ]).bytes,
            code: "size_mismatch"),
        Hostile(
            name: "38 two names",
            bytes: ZipBytes([Entry("a.txt").with { $0.directoryName = Array("b.txt".utf8) }]).bytes,
            code: "name_mismatch"),
        Hostile(
            name: "38 another name in Unicode",
            bytes: ZipBytes([
                Entry("a.txt").with {
                    $0.directoryExtra =
                        little(0x7075, 2) + little(10, 2) + [1] + little(Int(crc(Array("a.txt".utf8))), 4)
                        + Array("b.txt".utf8)
                }
            ]).bytes, code: "name_mismatch"),
        Hostile(
            name: "content damaged",
            bytes: ZipBytes([
                Entry("a").with {
                    $0.packed = [0xFF, 0xFF, 0xFF]; $0.method = 8
                }
            ]).bytes,
            code: "archive_corrupt"),
        Hostile(
            name: "content cut",
            bytes: ZipBytes([
                Entry("a", Array(repeating: 7, count: 999)).with {
                    $0.packed = Array(deflated($0.data).dropLast(2))
                    $0.method = 8
                }
            ]).bytes, code: "archive_truncated"),
    ]

    static let limits: [Hostile] = {
        var few = smallLimits
        few.entries = 3
        var small = smallLimits
        small.entrySize = .init(Int64(10))
        var scant = smallLimits
        scant.totalSize = .init(Int64(15))
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        let bomb = (0..<8).map { number in Entry("z\(number)", zeros).with { $0.isDeflated = true } }
        return [
            Hostile(name: "29 ratio", bytes: ZipBytes(bomb).bytes, code: "archive_bomb"),
            Hostile(
                name: "31 entries", bytes: ZipBytes("a", "b", "c", "d").bytes, code: "too_many_entries", limits: few),
            Hostile(name: "31 folders", bytes: ZipBytes("a/b/c/d").bytes, code: "too_many_entries", limits: few),
            Hostile(
                name: "entry size", bytes: ZipBytes([Entry("a", Array(repeating: 1, count: 11))]).bytes,
                code: "entry_too_large", limits: small),
            Hostile(
                name: "total size",
                bytes: ZipBytes([Entry("a", Array(1...10)), Entry("b", Array(1...10))]).bytes,
                code: "archive_too_large", limits: scant),
        ]
    }()
}

extension ZipBytes {
    func with(_ change: (inout ZipBytes) -> Void) -> ZipBytes {
        var zip = self
        change(&zip)
        return zip
    }
}
