import Fuzzing
import Testing

@testable import Patching

@Suite("Stored literals")
struct StoredLiteralsTests {
    /// Records of eight bytes, some fields of which count up.
    private static func records(_ count: Int) -> [UInt8] {
        var random = SeededGenerator(seed: 21)
        var bytes: [UInt8] = []
        for record in 0..<count {
            bytes += [7, UInt8(record & 0xFF), UInt8(record >> 8 & 0xFF), 0]
            bytes += [UInt8.random(in: 0...9, using: &random), 200, UInt8.random(in: 0...3, using: &random), 1]
        }
        return bytes
    }

    private static func stored(_ literals: StoredLiterals) -> [UInt8] {
        var payload: [UInt8] = []
        literals.append(to: &payload)
        return payload
    }

    @Test("literals are stored in the form that suits them, and read again")
    func forms() throws {
        let noise = Sample.noise(count: 3000, seed: 22)
        let cases: [([UInt8], Bool, StoredLiterals.Form)] = [
            ([], false, .plain), (noise, false, .plain), (Self.records(2000), false, .coded),
            (Self.records(50_000), false, .coded), (Self.records(2000), true, .zstd),
        ]
        for (literals, isHasty, form) in cases {
            let made = try StoredLiterals(literals, level: 19, isHasty: isHasty)
            #expect(made.form == form)
            let payload = Self.stored(made)
            #expect(payload.count == made.count)
            #expect(try StoredLiterals.read([9, 9] + payload, from: 2, count: literals.count) == literals)
        }
    }

    @Test("a form nobody knows, none at all, and another number of literals are refused")
    func refusals() throws {
        let literals = Self.records(100)
        #expect(throws: PatchError.self) { try StoredLiterals.read([], from: 0, count: 0) }
        #expect(throws: PatchError.self) { try StoredLiterals.read([3] + literals, from: 0, count: literals.count) }
        #expect(throws: PatchError.self) { try StoredLiterals.read([0] + literals, from: 0, count: literals.count + 1) }
    }

    @Test("new content that compresses is told as literals alone, and made again")
    func allNew() throws {
        let new = Self.records(3000)
        let patch = try Sample.patch([], new, level: .standard)
        #expect(patch.count < new.count / 3)
        #expect(try Sample.apply(patch, to: []) == new)
    }
}

extension StoredLiterals {
    fileprivate static func read(_ payload: [UInt8], from start: Int, count: Int) throws -> [UInt8] {
        try self.read(payload[start...], count: count)
    }
}
