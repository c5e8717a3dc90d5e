import Content
import Delta
import Digests
import Fuzzing
import Testing

@testable import Patching

/// Patches that open deflate streams on both sides.
@Suite("Opened patches")
struct OpenedPatchTests {
    private static func methods(_ patch: [UInt8]) throws -> [PatchMethod] {
        try PatchReader(MemorySource(patch)).groups.map(\.method)
    }

    private static func members(_ count: Int, lines: Int) -> [[UInt8]] {
        (0..<count).map { Archive.text(lines: lines, seed: UInt64(100 + $0)) }
    }

    @Test("an edited line of a zip member costs a line, not the member")
    func zipMember() throws {
        var members = Self.members(6, lines: 1500)
        let old = try Archive.zip(members)
        for number in [1, 4] {
            let middle = members[number].count / 2
            members[number].replaceSubrange(middle..<middle + 5, with: Array("edited in the middle".utf8))
        }
        let new = try Archive.zip(members)
        let patch = try Sample.patch(old, new, level: .standard)
        #expect(try Self.methods(patch) == [.opened])
        #expect(patch.count < new.count / members.count / 10)
        #expect(try Sample.apply(patch, to: old) == new)
    }

    @Test("a member of many blocks whose first ones stay the same is opened whole")
    func longMember() throws {
        var member = Archive.text(lines: 20_000, seed: 7)
        let old = try Archive.zip([member])
        member.insert(contentsOf: Array("edited".utf8), at: member.count * 3 / 4)
        let new = try Archive.zip([member])
        let patch = try Sample.patch(old, new, level: .standard)
        #expect(try Self.methods(patch) == [.opened])
        #expect(patch.count < 2000)
        #expect(try Sample.apply(patch, to: old) == new)
    }

    @Test("an edited image costs what was drawn", arguments: [0, 18, 20, 23], [nil, 100, 8192])
    func image(style: Int, chunk: Int?) throws {
        var random = SeededGenerator(seed: 9)
        var content: [UInt8] = []
        for _ in 0..<100 {
            content.append(1)
            for column in 0..<300 { content.append(UInt8(column % 7) &+ UInt8.random(in: 0...15, using: &random)) }
        }
        let old = try Archive.image(content, style: style, chunk: chunk)
        for row in 40..<44 { for column in 50..<90 { content[row * 301 + column] = 0 } }
        let new = try Archive.image(content, style: style, chunk: chunk)
        let patch = try Sample.patch(old, new, level: .standard)
        #expect(try Self.methods(patch) == [.opened])
        #expect(patch.count < new.count / 10)
        #expect(try Sample.apply(patch, to: old) == new)
    }

    @Test("old streams that have nothing to do with the new ones are not read")
    func unrelated() throws {
        let noise = Sample.noise(count: 100_000, seed: 4)
        var members = Self.members(2, lines: 1500)
        let old = try Archive.zip([noise] + members)
        members[1].insert(contentsOf: Array("edited".utf8), at: 20_000)
        let new = try Archive.zip([Sample.noise(count: 10_000, seed: 5)] + members)
        let patch = try Sample.patch(old, new, level: .standard)
        let groups = try PatchReader(MemorySource(patch)).groups
        #expect(groups.map(\.method) == [.opened])
        #expect(groups.reduce(0) { $0 + $1.inputs.reduce(0) { $0 + $1.length } } < 60_000)
        #expect(try Sample.apply(patch, to: old) == new)
    }

    @Test("new streams beside no old ones, and streams nobody changed, are told as before")
    func nothingToRecall() throws {
        let members = Self.members(3, lines: 800)
        let archive = try Archive.zip(members)
        #expect(try Self.methods(Sample.patch([1, 2, 3], archive, level: .standard)) == [.opened])
        let moved = [UInt8](repeating: 1, count: 5000) + archive
        #expect(try Self.methods(Sample.patch(archive, moved, level: .standard)) != [.opened])
    }

    // MARK: Damage

    /// An opened group's payload and its old bytes.
    private static func sample() throws -> (group: PatchGroup, payload: [UInt8], old: [UInt8]) {
        let old = try Archive.mixed(isEdited: false)
        let patch = try Sample.patch(old, Archive.mixed(isEdited: true), level: .standard)
        let group = try #require(try PatchReader(MemorySource(patch)).groups.first)
        #expect(group.method == .opened)
        return (
            group, Array(patch[Int(group.offset)..<Int(group.offset) + group.payload]),
            group.inputs.flatMap { Array(old[Int($0.offset)..<Int($0.offset) + $0.length]) }
        )
    }

    private static func decode(_ payload: [UInt8], _ group: PatchGroup, old: [UInt8]) throws -> [UInt8] {
        var room = PatchRoom()
        room.inputs = old
        try GroupCodec.decode(payload, group: group, in: &room)
        return room.output
    }

    @Test("a payload cut short, or with other old bytes, is refused or makes other bytes")
    func truncations() throws {
        let (group, payload, old) = try Self.sample()
        #expect(Digest.sha256(of: try Self.decode(payload, group, old: old)) == group.digest)
        for count in stride(from: 0, to: payload.count * 3 / 4, by: 7) {
            let made = try? Self.decode(Array(payload[..<count]), group, old: old)
            #expect(made.map { Digest.sha256(of: $0) } != group.digest)
        }
        for other in [Array(old.prefix(100)), [UInt8](repeating: 0xFF, count: old.count)] {
            #expect((try? Self.decode(payload, group, old: other)) == nil)
        }
    }

    @Test("payloads that were made to harm are refused or make as many bytes as were asked for")
    func hostile() throws {
        let (group, payload, old) = try Self.sample()
        var random = SeededGenerator(seed: 12)
        for round in 0..<FuzzRounds.count(2000) {
            var mutated = payload
            if round % 2 == 0 {
                // The lengths, and what tells of streams, stand in front of what the model made.
                mutated[Int.random(in: 0..<min(40, mutated.count), using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            } else {
                mutated.change(using: &random)
            }
            if let made = try? Self.decode(mutated, group, old: old) { #expect(made.count == group.outputLength) }
        }
    }
}
