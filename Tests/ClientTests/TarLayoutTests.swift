import Client
import Content
import Foundation
import LocalFiles
import Testing

@Suite("TarLayout")
struct TarLayoutTests {
    /// Every kind of entry, names that need pax, sizes around a block.
    static let build = SyntheticBuild(
        "1",
        [
            "a.bin": .file(SyntheticBuild.bytes(512, seed: 1)),
            "b/one": .file(SyntheticBuild.bytes(1, seed: 2)),
            "b/none": .file([]),
            "b/more": .file(SyntheticBuild.bytes(513, seed: 3), executable: true),
            "b/большая папка/данные.txt": .file(SyntheticBuild.bytes(40_000, seed: 4)),
            "c/" + String(repeating: "long/", count: 40) + "name.bin": .file(SyntheticBuild.bytes(700, seed: 5)),
            "c/" + String(repeating: "n", count: 98): .file([1]),
            "c/" + String(repeating: "n", count: 99): .file([2]),
            "empty": .directory,
            "b/link": .symlink("one"),
            "c/far": .symlink("../b/" + String(repeating: "x/../", count: 40) + "more"),
        ])

    @Test("the system's tar lists and unpacks what the layout describes")
    func systemTarReadsIt() async throws {
        try await withTemporaryFolder { folder in
            let (source, target, archive) = ("\(folder)/in", "\(folder)/out", "\(folder)/build.tar")
            try Self.build.write(to: source)
            try FileSystem.makeDirectories(target)
            let tree = try TreeSource(source)
            try write(tree.read(Int(tree.size), at: 0), to: archive)

            let listing = try run("tar", "-tvf", archive)
            #expect(listing.contains("-rwxr-xr-x 0/0"))
            #expect(listing.contains("данные.txt") || listing.contains("\\320"))
            #expect(listing.contains("b/link -> one"))
            #expect(listing.contains("1980-01-01"))
            _ = try run("tar", "-xf", archive, "-C", target)
            #expect(try ClientTests.tree(of: target) == Self.build.tree)
        }
    }

    @Test("any range is the same bytes as that part of the whole", arguments: [1, 2, 3] as [UInt64])
    func rangesAgree(seed: UInt64) async throws {
        try await withTemporaryFolder { folder in
            try Self.build.write(to: folder)
            let tree = try TreeSource(folder)
            let whole = try tree.read(Int(tree.size), at: 0)
            #expect(whole.count.isMultiple(of: 512))
            var random = SeededGenerator(seed)
            for _ in 0..<200 {
                let start = Int.random(in: 0...whole.count, using: &random)
                let end = Int.random(in: start...min(whole.count, start + 5000), using: &random)
                #expect(try tree.read(end - start, at: Int64(start)) == Array(whole[start..<end]))
            }
        }
    }

    @Test("the order of entries does not matter")
    func orderDoesNotMatter() throws {
        let entries = try ["z", "a/b", "a", "m.txt"].map {
            TarEntry(path: try BuildPath(validating: "x\($0)"), content: .file(size: 3, executable: false))
        }
        #expect(TarLayout(entries) == TarLayout(entries.reversed()))
    }

    @Test("a file of 9 GiB is told by pax, and the system's tar sees its size")
    func hugeFile() async throws {
        try await withTemporaryFolder { folder in
            let size: Int64 = 9 << 30
            let layout = TarLayout([
                TarEntry(path: try BuildPath(validating: "huge"), content: .file(size: size, executable: false)),
                TarEntry(path: try BuildPath(validating: "tail"), content: .file(size: 0, executable: false)),
            ])
            // The content is left as a hole, which tar skips.
            let archive = try LocalFile("\(folder)/huge.tar", mode: .update)
            try archive.resize(to: layout.size)
            for range in [0..<4096, layout.size - 4096..<layout.size] {
                var position = range.lowerBound
                for segment in layout.segments(in: range) {
                    switch segment {
                    case .bytes(let bytes):
                        try archive.write(bytes.span, at: position)
                        position += Int64(bytes.count)
                    case .file(_, _, let count):
                        position += Int64(count)
                    }
                }
                #expect(position == range.upperBound)
            }
            let listing = try run("tar", "-tvf", "\(folder)/huge.tar")
            #expect(listing.contains("9663676416"))
            #expect(listing.contains("tail"))
        }
    }

    @Test("an archive of nothing is two empty blocks")
    func emptyArchive() {
        let layout = TarLayout([])
        #expect(layout.size == 1024)
        #expect(layout.segments(in: 0..<1024) == [.bytes([UInt8](repeating: 0, count: 1024))])
    }
}

/// Runs a program and returns what it wrote.
func run(_ program: String, _ arguments: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self)
}

/// SplitMix64 (Steele, Lea, Flood, 2014): the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var value = self.state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
