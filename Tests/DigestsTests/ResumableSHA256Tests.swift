import Content
import Digests
import Testing

@Suite("A SHA-256 that is written down")
struct ResumableSHA256Tests {
    private let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    @Test("it goes on from any byte, and ends as one that never stopped", arguments: [0, 1, 55, 63, 64, 65, 128, 999])
    func resumes(cut: Int) throws {
        var first = ResumableSHA256()
        first.update(self.bytes.span.extracting(0..<cut))
        let state = first.state
        #expect(state.count <= 103)
        var second = try #require(ResumableSHA256(state: state))
        #expect(second.count == Int64(cut))
        #expect(second.state == state)
        second.update(self.bytes.span.extracting(cut...))
        #expect(second.finish() == Digest.sha256(of: self.bytes))
        // The first is a value, and was not changed by what the second took.
        #expect(first.finish() == Digest.sha256(of: Array(self.bytes.prefix(cut))))
    }

    @Test("the state is the one of FIPS 180-4")
    func known() throws {
        var hash = ResumableSHA256()
        hash.update([0x61, 0x62, 0x63].span)
        #expect(
            Hexadecimal.encode(hash.state)
                == "6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd190000000000000018616263")
        #expect(
            hash.finish().description == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test("bytes that are no state are refused")
    func refuses() {
        var hash = ResumableSHA256()
        hash.update(self.bytes.span)
        let state = hash.state
        #expect(ResumableSHA256(state: []) == nil)
        #expect(ResumableSHA256(state: Array(state.dropLast())) == nil)
        #expect(ResumableSHA256(state: state + [0]) == nil)
        #expect(ResumableSHA256(state: Array(repeating: 0xFF, count: 60)) == nil)
    }
}

extension ResumableSHA256? {
    fileprivate static func == (left: Self, right: _OptionalNilComparisonType) -> Bool {
        if case .none = left { true } else { false }
    }
}
