import Content
import Delta
import Fuzzing
import Testing

@testable import Patching

/// Archives that are too large for one group.
@Suite("Archive members")
struct ArchiveMembersTests {
    private static func archive(_ sizes: [Int], prefix: [UInt8] = []) -> [UInt8] {
        Archive.stored(sizes.enumerated().map { Sample.noise(count: $1, seed: UInt64($0)) }, prefix: prefix)
    }

    private static func cuts(_ archive: [UInt8], closed: Int64, opened: Int64) throws -> [Int64]? {
        try ArchiveMembers(of: MemorySource(archive))?.cuts(size: Int64(archive.count), most: (closed, opened))
    }

    @Test("an archive is cut where members begin, and each piece holds as many as fit it", arguments: [0, 100])
    func cuts(prefix: Int) throws {
        let archive = Self.archive([300, 300, 300, 300], prefix: Sample.noise(count: prefix, seed: 9))
        let members = try #require(try ArchiveMembers(of: MemorySource(archive))).members
        #expect(members.map(\.openedLength) == [300, 300, 300, 300])
        for member in members { #expect(archive[Int(member.offset)...].starts(with: [0x50, 0x4B, 3, 4])) }
        let third = members[2].offset
        #expect(try Self.cuts(archive, closed: 2000, opened: 700) == [third])
        #expect(try Self.cuts(archive, closed: third + 250, opened: 1 << 20) == [third])
        #expect(try Self.cuts(archive, closed: 1 << 20, opened: 1 << 20) == [])
    }

    @Test("a member larger than a piece is cut by its size")
    func largeMember() throws {
        let archive = Self.archive([100, 5000, 100])
        let cuts = try #require(try Self.cuts(archive, closed: 2000, opened: 2000))
        let pieces = zip([0] + cuts, cuts + [Int64(archive.count)]).map { $1 - $0 }
        #expect(pieces.allSatisfy { $0 > 0 && $0 <= 2000 })
    }

    @Test("what is no archive, or one that was cut short, has no members")
    func others() throws {
        let archive = Self.archive([300, 300])
        for count in [0, 10, 21, 22, archive.count - 1] {
            #expect(try ArchiveMembers(of: MemorySource(Array(archive.prefix(count)))) == nil)
        }
        #expect(try ArchiveMembers(of: MemorySource(Sample.noise(count: 70_000, seed: 1))) == nil)
    }

    @Test("a damaged directory gives cuts that are in order and inside, or none")
    func damage() throws {
        let archive = Self.archive([300, 300, 300])
        var random = SeededGenerator(seed: 4)
        for _ in 0..<FuzzRounds.count(1000) {
            var damaged = archive
            damaged[Int.random(in: 950..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            guard let cuts = try Self.cuts(damaged, closed: 400, opened: 500) else { continue }
            let edges = [0] + cuts + [Int64(damaged.count)]
            #expect(zip(edges, edges.dropFirst()).allSatisfy { $0 < $1 && $1 - $0 <= 400 })
        }
    }

    @Test(
        "groups of a large archive begin with members, wherever the outline is made; cuts that do not fit are refused")
    func outline() throws {
        let archive = Self.archive([Int](repeating: 1_100_000, count: 9))
        let target = PatchTarget(file: 3, source: MemorySource(archive), references: [], growth: 2)
        let outline = try PatchOutline([target], level: .standard, memory: .mebibytes(64))
        #expect(outline.archives == [3])
        let cuts = try outline.memberCuts()
        let cut = try outline.cut(at: cuts)
        let starts = cut.plan.groups.map { Int($0.output.parts[0].offset) }
        #expect(starts.count == cut.count && starts.count > 1)
        for start in starts { #expect(archive[start...].starts(with: [0x50, 0x4B, 3, 4])) }
        #expect(cut.plan.groups.reduce(0) { $0 + $1.output.length } == archive.count)
        for offsets in [[5, 5], [9, 8], [Int64(archive.count)], [0]] as [[Int64]] {
            #expect(throws: PatchError.invalidTarget(file: 3)) {
                try outline.cut(at: offsets.map { PatchCut(file: 3, offset: $0) })
            }
        }
        #expect(try PatchOutline([target], level: .fast, memory: .mebibytes(64)).archives.isEmpty)
    }
}
