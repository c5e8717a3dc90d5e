import Archives
import Content
import Testing

/// Archives beyond 4 GiB, whose content is zeros that lie nowhere.
@Suite("Entries of more than 4 GiB")
struct LargeEntryTests {
    /// Bytes at both ends, zeros between them.
    private struct Sparse: ByteSource {
        let head: [UInt8]
        let zeros: Int64
        let tail: [UInt8]

        var size: Int64 { Int64(self.head.count) + self.zeros + Int64(self.tail.count) }

        func read(_ count: Int, at offset: Int64) -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: count)
            let tailStart = Int64(self.head.count) + self.zeros
            if offset < Int64(self.head.count) {
                let part = self.head[Int(offset)..<min(self.head.count, Int(offset) + count)]
                bytes.replaceSubrange(0..<part.count, with: part)
            }
            if offset + Int64(count) > tailStart {
                let skipped = Int(max(0, tailStart - offset))
                let start = Int(max(0, offset - tailStart))
                bytes.replaceSubrange(skipped..<count, with: self.tail[start..<start + count - skipped])
            }
            return bytes
        }
    }

    private static let size: Int64 = 5 << 30

    /// A zip64 of one stored file of zeros.
    private func zip(checksum: Int) -> Sparse {
        let wide = little(0x0001, 2) + little(16, 2) + little(Int(Self.size), 8) + little(Int(Self.size), 8)
        let common =
            little(45, 2) + little(0, 2) + little(0, 2) + little(0, 4) + little(checksum, 4) + little(0xFFFF_FFFF, 4)
            + little(0xFFFF_FFFF, 4) + little(4, 2)
        let head = little(0x0403_4B50, 4) + common + little(wide.count, 2) + Array("zero".utf8) + wide
        let central =
            little(0x0201_4B50, 4) + little(0x031E, 2) + common + little(wide.count, 2) + little(0, 2) + little(0, 2)
            + little(0, 2) + little(0o100644 << 16, 4) + little(0, 4) + Array("zero".utf8) + wide
        let directory = head.count + Int(Self.size)
        let end =
            little(0x0606_4B50, 4) + little(44, 8) + little(45, 2) + little(45, 2) + little(0, 4) + little(0, 4)
            + little(1, 8) + little(1, 8) + little(central.count, 8) + little(directory, 8) + little(0x0706_4B50, 4)
            + little(0, 4) + little(directory + central.count, 8) + little(1, 4) + little(0x0605_4B50, 4)
            + little(0, 4) + little(0xFFFF, 2) + little(0xFFFF, 2) + little(0xFFFF_FFFF, 4) + little(0xFFFF_FFFF, 4)
            + little(0, 2)
        return Sparse(head: head, zeros: Self.size, tail: central + end)
    }

    private func firstEntry(of source: Sparse, limits: ArchiveLimits = .standard) throws -> ArchiveEntry? {
        var reader = try ArchiveReader(source: source, limits: limits)
        return try reader.nextEntry()
    }

    @Test("zip64 tells sizes past 32 bits, and what is beyond a limit is refused by them before it is read")
    func zip64() throws {
        let zip = self.zip(checksum: 0)
        let path = try BuildPath(validating: "zero")
        #expect(try self.firstEntry(of: zip) == .file(path: path, size: Self.size, executable: false))
        #expect(try ArchiveInspector.inspect(source: zip, limits: .standard, within: .seconds(30)).isEmpty)
        var limits = ArchiveLimits.standard
        limits.entrySize = .gibibytes(4)
        let refused = try ArchiveInspector.inspect(source: zip, limits: limits, within: .seconds(30))
        #expect(refused.map(\.code) == ["entry_too_large"])
    }

    @Test("tar tells them as GNU does, in base 256")
    func tar() throws {
        var head = TarBytes.make { $0.add("zero", []) }
        head = Array(head.prefix(512))
        head.replaceSubrange(124..<136, with: [0x80, 0, 0, 0] + little(Int(Self.size), 8).reversed())
        head.replaceSubrange(148..<156, with: "        ".utf8)
        let sum = head.reduce(0) { $0 + Int($1) }
        head.replaceSubrange(148..<154, with: String(String(sum + (1 << 18), radix: 8).suffix(6)).utf8)
        head[154] = 0
        let tar = Sparse(head: head, zeros: Self.size, tail: [UInt8](repeating: 0, count: 1024))
        let path = try BuildPath(validating: "zero")
        #expect(try self.firstEntry(of: tar) == .file(path: path, size: Self.size, executable: false))
        // To the end, past the content.
        #expect(try ArchiveInspector.inspect(source: tar, limits: .standard, within: .seconds(30)).isEmpty)
    }
}
