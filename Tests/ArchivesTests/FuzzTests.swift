import Archives
import Content
import Foundation
import Fuzzing
import Staging
import Testing

@Suite("Damaged archives")
struct FuzzTests {
    /// xorshift64*: the same numbers for the same seed everywhere.
    private struct Noise {
        var state: UInt64

        mutating func next(_ bound: Int) -> Int {
            self.state ^= self.state >> 12
            self.state ^= self.state << 25
            self.state ^= self.state >> 27
            return Int((self.state &* 0x2545_F491_4F6C_DD1D) >> 33) % bound
        }
    }

    private static let files: [LibArchiveWriter.File] = [
        .init(path: "a.txt", data: Array("hello, hello, hello".utf8)), .init(path: "d/", data: []),
        .init(path: "d/über.bin", data: (0..<3000).map { UInt8(truncatingIfNeeded: $0 &* 7) }),
        .init(path: "d/link", data: [], target: "../a.txt"), .init(path: "empty", data: []),
    ]

    private func damage(_ bytes: [UInt8], _ noise: inout Noise) -> [UInt8] {
        var bytes = bytes
        for _ in 0...noise.next(4) {
            guard !bytes.isEmpty else { break }
            let position = noise.next(bytes.count)
            switch noise.next(6) {
            case 0: bytes[position] ^= UInt8(1 << noise.next(8))
            case 1: bytes[position] = [0, 0xFF, 0x7F, 0x80, UInt8(ascii: "/"), UInt8(ascii: ".")][noise.next(6)]
            case 2: bytes.removeSubrange(position..<min(bytes.count, position + 1 + noise.next(40)))
            case 3:
                bytes.insert(contentsOf: bytes[position..<min(bytes.count, position + noise.next(60))], at: position)
            case 4: bytes.removeLast(noise.next(bytes.count))
            default:
                for index in position..<min(bytes.count, position + 4) { bytes[index] = 0xFF }
            }
        }
        return bytes
    }

    @Test(
        "a damaged archive never crashes, never gives a bad path, and never gives more than it may",
        arguments: LibArchiveWriter.Format.allCases)
    fileprivate func damaged(_ format: LibArchiveWriter.Format) throws {
        let good = try LibArchiveWriter.make(format, Self.files)
        var noise = Noise(state: 0x5EED_0000 + UInt64(good.count))
        var refused = 0
        for _ in 0..<FuzzRounds.count(300) {
            let bytes = self.damage(good, &noise)
            do {
                let unpacked = try unpack(bytes)
                for entry in unpacked.entries { #expect(BuildPath(entry.path.text) == entry.path) }
            } catch {
                refused += 1
                #expect(error.code != "archive_unreadable", "\(error)")
            }
            _ = try inspected(bytes)
        }
        #expect(refused > 100)
    }

    @Test("whatever names and links a tar has, nothing is written outside of staging")
    func neverOutside() throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "slipway-fuzz-\(UUID())")
        defer { try? FileManager.default.removeItem(at: root) }
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: false)
        let area = try StagingArea(root: root.appending(path: "staging").path, watermark: .zero)
        let names = ["../x", "/x", "a/../../x", "l/x", "d", "d/e", "..", "x", "D", "l"]
        var noise = Noise(state: 99)
        for seed in 0..<150 {
            let tar = TarBytes.make { tar in
                for _ in 0..<4 {
                    let name = names[noise.next(names.count)]
                    switch noise.next(3) {
                    case 0: tar.add(name, type: "2", link: names[noise.next(names.count)])
                    case 1: tar.add(name, type: "5")
                    default: tar.add(name, [1, 2, 3])
                    }
                }
            }
            let version = VersionID(UUID())
            let build = try area.build(version)
            do { try stage(tar, into: build) } catch is ArchiveError {}
            if seed % 10 == 0 { try area.remove(version) }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: root.path) == ["staging"])
    }
}

/// Unpacks an archive into staging, as far as it goes.
func stage(_ bytes: [UInt8], into build: BuildStaging) throws {
    var reader = try ArchiveReader(source: MemorySource(bytes), limits: smallLimits)
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while let entry = try reader.nextEntry() {
        guard case .file(let path, _, let isExecutable) = entry else { continue }
        var writer = try build.create(path, mode: FileMode(isExecutable: isExecutable))
        while true {
            let count = try reader.read(into: &buffer)
            guard count > 0 else { break }
            try writer.write(buffer.span.extracting(0..<count))
        }
        writer.close()
    }
}
