import Foundation
import TestKit

/// Builds made of numbers, for scenarios: several files of several kinds, the same for the same seed.
struct SampleBuild {
    /// Path and content.
    var files: [(path: String, bytes: [UInt8])]

    /// - Parameter megabytes: of content that does not compress, in the largest file.
    init(seed: UInt64, megabytes: Int) {
        var generator = Generator(state: seed)
        self.files = [
            ("bin/game", [0x7F, 0x45, 0x4C, 0x46] + generator.bytes(300_000)),
            ("data/levels.pak", generator.bytes(megabytes << 20)),
            ("data/texts.txt", Array(String(repeating: "to be or not to be, \(seed)\n", count: 20_000).utf8)),
            ("empty", []),
        ]
        for number in 0..<200 { self.files.append(("data/small/\(number).bin", generator.bytes(1000 + number))) }
    }

    /// The next version: one file edited in the middle, one added, one gone.
    func edited() -> SampleBuild {
        var next = self
        next.files[1].bytes.insert(contentsOf: Array("an edit".utf8), at: next.files[1].bytes.count / 2)
        next.files.append(("data/new.txt", Array("new".utf8)))
        next.files.removeAll { $0.path == "data/small/7.bin" }
        return next
    }

    /// As a tar archive (POSIX ustar).
    var tar: [UInt8] { TarArchive(files: self.files).bytes }

    /// Writes the files below a directory.
    func write(to directory: URL) throws {
        for file in self.files {
            let url = directory.appending(path: file.path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(file.bytes).write(to: url)
        }
    }
}

private struct Generator {
    var state: UInt64

    mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count {
            self.state = self.state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let word = (self.state ^ (self.state >> 29)) &* 0xBF58_476D_1CE4_E5B9
            for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        return Array(bytes.prefix(count))
    }
}
