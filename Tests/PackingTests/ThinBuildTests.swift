import Content
import Digests
import Fuzzing
import Testing
import Zstd

@testable import Packing

@Suite("Thin builds")
struct ThinBuildTests {
    /// A file of bytes in memory.
    private func source(_ bytes: [UInt8]) -> MemorySource { MemorySource(bytes) }

    private func digest(_ number: UInt8) -> Digest { Digest.sha256(of: [number]) }

    /// Three chunks, the second of which is stored already; the bodies are "a" and "cc".
    private var build: ThinBuild {
        get throws {
            ThinBuild(
                entries: [
                    .init(
                        path: try BuildPath(validating: "bin/game"),
                        content: .file(executable: true, chunks: [0, 1, 0])),
                    .init(path: try BuildPath(validating: "data"), content: .file(executable: false, chunks: [2, 1])),
                    .init(path: try BuildPath(validating: "empty"), content: .file(executable: false, chunks: [])),
                    .init(path: try BuildPath(validating: "folder"), content: .directory),
                    .init(path: try BuildPath(validating: "link"), content: .symlink(target: "bin/game")),
                ],
                chunks: [
                    .init(digest: self.digest(1), length: 1, body: .init(length: 1, codec: .stored)),
                    .init(digest: self.digest(2), length: 100_000, body: nil),
                    .init(digest: self.digest(3), length: 9, body: .init(length: 2, codec: .zstd)),
                ], cuts: 1)
        }
    }

    private func file(_ build: ThinBuild) throws -> [UInt8] { try build.encodedHead() + Array("acc".utf8) }

    @Test("what was written is read again, with the place of every body that was sent")
    func roundTrip() throws {
        let build = try self.build
        let bytes = try self.file(build)
        #expect(ThinBuild.isBegin(of: bytes))
        let (read, bodies) = try ThinBuild.open(self.source(bytes))
        #expect(read == build)
        #expect(Int(bodies) == bytes.count - 3)
        #expect(read.places(from: bodies) == [bodies, nil, bodies + 1])
        #expect(read.contentSize == 1 + 100_000 + 1 + 9 + 100_000)
    }

    @Test("golden: the index of version 1 never changes")
    func golden() throws {
        let index = try self.build.index
        let expected: [UInt8] =
            [3] + self.digest(1).bytes + [1, 1, 0] + self.digest(2).bytes + [0xA0, 0x8D, 0x06, 0]
            + self.digest(3).bytes + [9, 2, 1] + [5]
            + [1, 8] + Array("bin/game".utf8) + [3, 0, 0, 2] + [0, 4] + Array("data".utf8) + [2, 0, 2]
            + [0, 5] + Array("empty".utf8) + [0] + [2, 6] + Array("folder".utf8)
            + [3, 4] + Array("link".utf8) + [8] + Array("bin/game".utf8)
        #expect(index == expected)
        let head = ThinBuildHead(cuts: 1, index: index, stored: [0, 0]).encoded
        let size = UInt8(index.count)
        #expect(head == Array("SLWT".utf8) + [1, 1, 0, 0, 0, size, 0, 0, 0, 2] + Digest.sha256(of: index).bytes)
        #expect(head.count == ThinBuildHead.length)
    }

    @Test("a file cut short at any byte, or with a byte more, is refused")
    func truncated() throws {
        let bytes = try self.file(try self.build)
        for count in 0..<bytes.count {
            #expect(throws: ThinBuildError.self) { try ThinBuild.open(self.source(Array(bytes[..<count]))) }
        }
        #expect(throws: ThinBuildError.self) { try ThinBuild.open(self.source(bytes + [0])) }
    }

    @Test("a flipped bit anywhere in the head or the index is refused, or changes nothing")
    func flipped() throws {
        let build = try self.build
        let bytes = try self.file(build)
        for position in 0..<bytes.count - 3 where position != 5 {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[position] ^= 1 << UInt8(bit)
                // zstd's header has a bit without a meaning.
                if let opened = try? ThinBuild.open(self.source(damaged)) { #expect(opened.build == build) }
            }
        }
    }

    @Test("an index made of anything is read to a build that writes the same bytes, or refused")
    func fuzzed() throws {
        var state: UInt64 = 7
        func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
        let index = try self.build.index
        var accepted = 0
        for _ in 0..<FuzzRounds.count(20_000) {
            var bytes = index
            for _ in 0...Int(next() % 4) {
                switch next() % 3 {
                case 0: bytes[Int(next()) % bytes.count] = UInt8(truncatingIfNeeded: next())
                case 1: bytes.insert(UInt8(truncatingIfNeeded: next()), at: Int(next()) % bytes.count)
                default: bytes.remove(at: Int(next()) % bytes.count)
                }
            }
            guard let build = try? ThinBuild(cuts: 1, index: bytes) else { continue }
            accepted += 1
            #expect(build.index == bytes)
        }
        #expect(accepted > 0)
    }

    @Test("counts and lengths beyond their bounds, repeated, unused and unordered things are refused")
    func bounds() throws {
        func refuses(_ entries: [ThinBuild.Entry], _ chunks: [ThinBuild.Chunk]) {
            let index = ThinBuild(entries: entries, chunks: chunks, cuts: 1).index
            #expect(throws: ManifestError.self) { try ThinBuild(cuts: 1, index: index) }
        }
        let file = ThinBuild.Entry(path: try BuildPath(validating: "a"), content: .file(executable: false, chunks: [0]))
        let one = ThinBuild.Chunk(digest: self.digest(1), length: 5, body: nil)
        let folder = ThinBuild.Entry(path: try BuildPath(validating: "b"), content: .directory)
        refuses([folder, file], [one])
        refuses([folder, folder], [])
        refuses([], [one])
        refuses([file], [one, .init(digest: self.digest(2), length: 5, body: nil)])
        refuses([file], [.init(digest: self.digest(1), length: 0, body: nil)])
        refuses([file], [.init(digest: self.digest(1), length: (1 << 20) + 1, body: nil)])
        refuses([file], [.init(digest: self.digest(1), length: 5, body: .init(length: 6, codec: .zstd))])
        refuses([file], [.init(digest: self.digest(1), length: 5, body: .init(length: 4, codec: .stored))])
        refuses(
            [.init(path: file.path, content: .file(executable: false, chunks: [0, 1]))], [one, one])
        // An index that claims more than there is.
        #expect(throws: ManifestError.self) { try ThinBuild(cuts: 1, index: [0xFF, 0xFF, 0xFF, 0x01]) }
    }

    @Test("a later format and a foreign file are told apart")
    func formats() throws {
        var bytes = try self.file(try self.build)
        bytes[4] = 2
        #expect(throws: ThinBuildError.unsupportedFormat(2)) { try ThinBuild.open(self.source(bytes)) }
        #expect(throws: ThinBuildError.notAThinBuild) { try ThinBuild.open(self.source(Array("PK\u{3}\u{4}".utf8))) }
    }

    @Test("a packed chunk is given back, and bytes that are another chunk's never are")
    func chunks() throws {
        var packer = try ChunkPacker()
        var unpacker = try ChunkUnpacker()
        let content = [UInt8](repeating: 7, count: 50_000)
        let digest = Digest.sha256(of: content)
        let packed = try packer.pack(content)
        #expect(packed.codec == .zstd && packed.bytes.count < 100)
        #expect(
            try unpacker.unpack(packed.bytes, codec: packed.codec, length: 50_000, digest: digest) == content)
        #expect(throws: DamagedChunk(digest: digest)) {
            try unpacker.unpack(packed.bytes, codec: .zstd, length: 50_001, digest: digest)
        }
        #expect(throws: DamagedChunk(digest: self.digest(1))) {
            try unpacker.unpack(packed.bytes, codec: .zstd, length: 50_000, digest: self.digest(1))
        }
        #expect(throws: DamagedChunk(digest: digest)) {
            try unpacker.unpack([1, 2, 3], codec: .zstd, length: 50_000, digest: digest)
        }
    }
}
