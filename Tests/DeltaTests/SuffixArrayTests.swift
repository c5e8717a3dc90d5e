import Fuzzing
import Testing

@testable import Delta

@Suite("Suffix array")
struct SuffixArrayTests {
    @Test("every second suffix comes out in order, for small alphabets, long runs and noise")
    func sortsSuffixes() {
        var random = SeededGenerator(seed: 7)
        for round in 0..<150 {
            let count = Int.random(in: 0...(round < 130 ? 60 : 2000), using: &random)
            let alphabet = [1, 2, 3, 26, 256][round % 5]
            var text = (0..<count).map { _ in UInt8(Int.random(in: 0..<alphabet, using: &random)) }
            if round % 3 == 0, count > 8 {
                let half = count / 2
                text.replaceSubrange(half..<half * 2, with: text[0..<half])
            }
            // A last odd byte is no part of it.
            let even = text[..<(count & ~1)]
            let expected = stride(from: 0, to: even.count, by: 2).sorted {
                even[$0...].lexicographicallyPrecedes(even[$1...])
            }
            #expect(SuffixArray(text.span).sorted == expected)
        }
    }

    @Test("the longest match is as long as the longest there is at any second byte")
    func findsLongestMatch() {
        var random = SeededGenerator(seed: 8)
        for round in 0..<12 {
            let alphabet = [2, 4, 256][round % 3]
            let old = (0..<500).map { _ in UInt8(Int.random(in: 0..<alphabet, using: &random)) }
            var new = (0..<200).map { _ in UInt8(Int.random(in: 0..<alphabet, using: &random)) }
            new += old[100..<250]
            let array = SuffixArray(old.span)
            for index in stride(from: 0, to: new.count, by: 7) {
                let longest =
                    stride(from: 0, to: old.count, by: 2).map { start in
                        zip(old[start...], new[index...]).prefix { $0 == $1 }.count
                    }.max() ?? 0
                let found = unsafe old.withUnsafeBufferPointer { oldBuffer in
                    unsafe new.withUnsafeBufferPointer { newBuffer in
                        let text = unsafe ByteView(oldBuffer)
                        let query = unsafe ByteView(newBuffer)
                        return array.withMatcher(of: text) { $0.longestMatch(of: query, at: index) }
                    }
                }
                // Seven bytes count with the one before them only.
                #expect(found.length == (longest < 8 ? 0 : longest) || found.length == 7 && longest == 7)
                if found.length > 0 {
                    let before = found.length == 7 ? 1 : 0
                    #expect(
                        old[found.position - before..<found.position + found.length]
                            == new[index - before..<index + found.length])
                }
            }
        }
    }
}
