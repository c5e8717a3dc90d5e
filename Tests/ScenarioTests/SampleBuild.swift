import Foundation

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
    var tar: [UInt8] {
        var bytes: [UInt8] = []
        for file in self.files {
            bytes += Self.header(path: file.path, size: file.bytes.count)
            bytes += file.bytes
            bytes += [UInt8](repeating: 0, count: (512 - file.bytes.count % 512) % 512)
        }
        return bytes + [UInt8](repeating: 0, count: 1024)
    }

    /// Writes the files below a directory.
    func write(to directory: URL) throws {
        for file in self.files {
            let url = directory.appending(path: file.path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(file.bytes).write(to: url)
        }
    }

    private static func header(path: String, size: Int) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at offset: Int) {
            header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        }
        put(path, at: 0)
        put("0000644", at: 100)
        put("0000000", at: 108)
        put("0000000", at: 116)
        put(String(String(size + (1 << 33), radix: 8).suffix(11)), at: 124)
        put("00000000000", at: 136)
        put("        ", at: 148)
        put("0", at: 156)
        put("ustar\u{0}00", at: 257)
        let sum = header.reduce(0) { $0 + Int($1) }
        put(String(String(sum + (1 << 18), radix: 8).suffix(6)) + "\u{0} ", at: 148)
        return header
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
