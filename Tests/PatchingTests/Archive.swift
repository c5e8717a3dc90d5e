import Fuzzing

@testable import Delta

/// Deflate streams as archives and images hold them.
enum Archive {
    static func text(lines: Int, seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        let words = ["vertex", "shader", "texture", "sprite", "level", "enemy", "sound", "music", "script", "quest"]
        return (0..<lines).flatMap { _ in
            let pair = (0..<3).map { _ in words[Int.random(in: 0..<words.count, using: &random)] }
            return Array("\(pair.joined(separator: " ")) \(Int.random(in: 0..<5000, using: &random))\n".utf8)
        }
    }

    /// - Parameter style: place in the list of all styles.
    static func deflated(_ content: [UInt8], style: Int = 0) throws -> [UInt8] {
        var stream: [UInt8] = []
        try unsafe content.withUnsafeBufferPointer { buffer in
            var work = Deflater.mostWork(buffer.count)
            try unsafe Deflater.deflate(ByteView(buffer), DeflateStyle.all[style], work: &work) { piece in
                stream += piece
                return true
            }
        }
        return stream
    }

    /// Local headers and members, one after the other.
    static func zip(_ members: [[UInt8]]) throws -> [UInt8] {
        try members.enumerated().flatMap { number, content in
            let name = Array("data/member-\(number).txt".utf8)
            let stream = try self.deflated(content)
            var header: [UInt8] = [0x50, 0x4B, 3, 4, 20, 0, 0, 0, 8, 0, 0, 0, 33, 90]
            header += [UInt8(number), 0, 0, 0]
            header += self.littleEndian(stream.count) + self.littleEndian(content.count)
            return header + [UInt8(name.count), 0, 0, 0] + name + stream
        }
    }

    /// A whole archive of members that are not deflated, with its directory.
    ///
    /// - Parameter prefix: stands before it, and its offsets do not count it.
    static func stored(_ members: [[UInt8]], prefix: [UInt8] = []) -> [UInt8] {
        var archive: [UInt8] = []
        var directory: [UInt8] = []
        for (number, member) in members.enumerated() {
            let name = Array("m\(number)".utf8)
            let sizes = self.littleEndian(member.count) + self.littleEndian(member.count)
            let common: [UInt8] = [20, 0, 0, 0, 0, 0, 0, 0, 33, 90, 0, 0, 0, 0] + sizes + [UInt8(name.count), 0, 0, 0]
            directory += [0x50, 0x4B, 1, 2, 20, 0] + common + [UInt8](repeating: 0, count: 10)
            directory += self.littleEndian(archive.count) + name
            archive += [0x50, 0x4B, 3, 4] + common + name + member
        }
        let count: [UInt8] = [UInt8(members.count), 0, UInt8(members.count), 0]
        let end = self.littleEndian(directory.count) + self.littleEndian(archive.count) + [0, 0]
        return prefix + archive + directory + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + count + end
    }

    /// An image's signature and its content, with checks at the end that nobody reads.
    ///
    /// - Parameter chunk: bytes of each chunk but the last; all in one without.
    static func image(_ content: [UInt8], style: Int, chunk: Int? = nil) throws -> [UInt8] {
        let stream = try self.deflated(content, style: style)
        let length = min(chunk ?? .max, stream.count + 6)
        return [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10] + self.littleEndian(length).reversed()
            + Array("IDAT".utf8) + [0x78, 0xDA] + CarriedStream.cut(stream, chunk: length, header: [0x78, 0xDA])
            + [1, 2, 3, 4] + [5, 6, 7, 8]
    }

    /// Two members and an image of several chunks; where `isEdited`, a member and the image are others.
    static func mixed(isEdited: Bool) throws -> [UInt8] {
        var members = [self.text(lines: 200, seed: 71), self.text(lines: 300, seed: 72)]
        var pixels = self.text(lines: 250, seed: 73)
        if isEdited {
            members[1].replaceSubrange(4000..<4010, with: Array("something else".utf8))
            for index in 3000..<3040 { pixels[index] = 7 }
        }
        return try self.zip(members) + self.image(pixels, style: 20, chunk: 512)
    }

    private static func littleEndian(_ number: Int) -> [UInt8] {
        [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
