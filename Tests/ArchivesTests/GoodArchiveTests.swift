import Archives
import Content
import Foundation
import Testing

@Suite("Good archives")
struct GoodArchiveTests {
    private typealias Entry = ZipBytes.Entry

    private static let files: [LibArchiveWriter.File] = [
        .init(path: "readme.txt", data: Array("hello".utf8)),
        .init(path: "bin/game", data: Array(repeating: 9, count: 70_000), permissions: 0o4755),
        .init(path: "data/über/日本語.pak", data: (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }),
        .init(path: "data/empty", data: []),
        .init(path: "plugins/", data: [], permissions: 0o755),
        .init(path: "data/nested.gz", data: deflated(Array("inner".utf8), isGzip: true)),
    ]

    @Test("what libarchive writes is read back, in every format", arguments: LibArchiveWriter.Format.allCases)
    fileprivate func everyFormat(_ format: LibArchiveWriter.Format) throws {
        let bytes = try LibArchiveWriter.make(format, Self.files)
        let unpacked = try unpack(bytes)
        for file in Self.files where !file.path.hasSuffix("/") {
            let found = unpacked.contents.first { $0.key.utf8.elementsEqual(file.path.utf8) }
            #expect(found?.value == file.data, "\(file.path)")
        }
        #expect(unpacked.contents.count == Self.files.count - 1)
        #expect(unpacked.entries.contains(.directory(path: try BuildPath(validating: "plugins"))))
        let game = unpacked.entries.first { $0.path.text == "bin/game" }
        #expect(game == .file(path: try BuildPath(validating: "bin/game"), size: 70_000, executable: true))
        #expect(try inspected(bytes) == [])
    }

    @Test("links inside the build are kept", arguments: LibArchiveWriter.Format.allCases)
    fileprivate func links(_ format: LibArchiveWriter.Format) throws {
        let bytes = try LibArchiveWriter.make(
            format,
            [
                .init(path: "lib/libx.so.1", data: [1]),
                .init(path: "lib/libx.so", data: [], target: "libx.so.1"),
                .init(path: "ü", data: [], target: "lib/../lib/libx.so"),
            ])
        let unpacked = try unpack(bytes)
        #expect(
            unpacked.entries.contains(.symlink(path: try BuildPath(validating: "lib/libx.so"), target: "libx.so.1")))
        #expect(
            unpacked.entries.contains(.symlink(path: try BuildPath(validating: "ü"), target: "lib/../lib/libx.so")))
    }

    @Test("the format is told from the bytes", arguments: zip(LibArchiveWriter.Format.allCases, ArchiveFormat.allCases))
    fileprivate func formats(_ written: LibArchiveWriter.Format, _ expected: ArchiveFormat) throws {
        let bytes = try LibArchiveWriter.make(written, [.init(path: "a", data: [1])])
        #expect(try ArchiveReader(source: MemorySource(bytes), limits: smallLimits).format == expected)
    }

    @Test("every honest way of writing a zip is read")
    func zipVariants() throws {
        let data = (0..<5000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let variants: [Entry] = [
            Entry("stored", data), Entry("deflated", data).with { $0.isDeflated = true },
            Entry("descriptor", data).with {
                $0.isDeflated = true; $0.hasDescriptor = true
            },
            Entry("stored descriptor", data).with { $0.hasDescriptor = true },
            Entry("wide", data).with { $0.isWide = true },
            Entry("wide descriptor", data).with {
                $0.isWide = true; $0.isDeflated = true; $0.hasDescriptor = true
            },
            Entry("empty", []), Entry("empty deflated", []).with { $0.isDeflated = true },
            Entry("windows", data).with {
                $0.system = 0; $0.mode = 0
            },
            Entry("über without flag", data).with { $0.flags = 0 },
            Entry("padded", data).with { $0.extra = [0, 0, 0] },
            Entry("folder/", []).with { $0.mode = 0o040755 },
        ]
        for isWide in [false, true] {
            var zip = ZipBytes(variants)
            zip.hasWideEnd = isWide
            zip.comment = Array("a comment".utf8)
            let unpacked = try unpack(zip.bytes)
            #expect(unpacked.entries.count == variants.count)
            for (name, content) in unpacked.contents where !name.hasPrefix("empty") {
                #expect(content == data, "\(name)")
            }
            #expect(try inspected(zip.bytes) == [])
        }
    }

    @Test("zstd inside a zip is read, and nothing is expanded twice")
    func zstdInZip() throws {
        let data = Array("content, content, content".utf8)
        let once = try LibArchiveWriter.zstd(data)
        let twice = try LibArchiveWriter.zstd(once)
        let zip = ZipBytes([
            Entry("once", data).with {
                $0.packed = once; $0.method = 93
            },
            Entry("twice", once).with {
                $0.packed = twice; $0.method = 93
            },
            Entry("gzip", deflated(data, isGzip: true)).with { $0.isDeflated = true },
        ])
        let contents = try unpack(zip.bytes).contents
        #expect(contents["once"] == data)
        #expect(contents["twice"] == once)
        #expect(contents["gzip"] == deflated(data, isGzip: true))
    }

    @Test("zstd cut short is noticed")
    func cutZstd() throws {
        let data = noise(400_000)
        let packed = try LibArchiveWriter.zstd(data)
        for length in [packed.count - 1, packed.count - 3, packed.count / 2, 9] {
            let cut = Entry("cut", data).with {
                $0.packed = Array(packed.prefix(length)); $0.method = 93
            }
            #expect(code(ZipBytes([cut]).bytes) == "archive_truncated")
        }
    }

    @Test("names as tar writes them are put straight")
    func tarNames() throws {
        let bytes = TarBytes.make { tar in
            tar.add("./", type: "5")
            tar.add("./a/", type: "5")
            tar.add("./a/b", [1])
            tar.add("old/", type: "0")
            tar.add("leaf", [2], prefix: "long/prefix")
            tar.addPax(["comment": "x"], type: "g")
            tar.addPax(["path": "päx/cafe\u{301}", "mtime": "1.5"])
            tar.add("short", [3], mode: 0o755)
            tar.add("L", Array("gnu/long\u{0}".utf8), type: "L")
            tar.add("short", [4])
            tar.addPax(["size": "3"])
            tar.add("sized", [5, 6, 7], size: 0)
        }
        let unpacked = try unpack(bytes)
        let names = ["a", "a/b", "old", "long/prefix/leaf", "päx/cafe\u{301}", "gnu/long", "sized"]
        #expect(unpacked.entries.map { Array($0.path.text.utf8) } == names.map { Array($0.utf8) })
        #expect(unpacked.contents["sized"] == [5, 6, 7])
        #expect(unpacked.contents["päx/cafe\u{301}"] == [3])
    }

    @Test("a gzip of several members is one tar")
    func members() throws {
        let tar = TarBytes.make { $0.add("a", Array(repeating: 5, count: 3000)) }
        let bytes = deflated(Array(tar.prefix(1000)), isGzip: true) + deflated(Array(tar.dropFirst(1000)), isGzip: true)
        #expect(try unpack(bytes).contents["a"]?.count == 3000)
    }

    @Test("setuid and other rights are dropped, the right to execute is kept")
    func permissions() throws {
        let zip = ZipBytes([
            Entry("run").with { $0.mode = 0o106777 }, Entry("plain").with { $0.mode = 0o100666 },
        ])
        let entries = try unpack(zip.bytes).entries
        #expect(entries[0] == .file(path: try BuildPath(validating: "run"), size: 1, executable: true))
        #expect(entries[1] == .file(path: try BuildPath(validating: "plain"), size: 1, executable: false))
    }

    @Test("an archive on disk is read by its path")
    func onDisk() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "slipway-\(UUID()).png")
        defer { try? FileManager.default.removeItem(at: url) }
        try Data(ZipBytes("a").bytes).write(to: url)
        var reader = try ArchiveReader(path: url.path, limits: .standard)
        #expect(try reader.nextEntry()?.path.text == "a")
        var buffer = [UInt8](repeating: 0, count: 8)
        #expect(try reader.read(into: &buffer) == 1)
        #expect(try reader.read(into: &buffer) == 0)
        #expect(try reader.nextEntry() == nil)
        #expect(try ArchiveInspector.inspect(path: url.path, limits: .standard, within: .seconds(9)) == [])
        do {
            _ = try ArchiveReader(path: "/nonexistent", limits: .standard)
            Issue.record("opened nothing")
        } catch {
            #expect(error.code == "archive_unreadable")
        }
    }
}
