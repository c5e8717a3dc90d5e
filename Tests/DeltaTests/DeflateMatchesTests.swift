import Fuzzing
import Testing

@testable import Delta

@Suite("Matches of a deflate stream")
struct DeflateMatchesTests {
    /// The walk of zlib's `longest_match` through every place, one by one.
    private struct Walk {
        let content: [UInt8]
        let style: DeflateStyle
        var heads: [Int]
        var before: [Int]

        init(_ content: [UInt8], _ style: DeflateStyle) {
            self.content = content
            self.style = style
            self.heads = [Int](repeating: -1, count: 1 << style.hashBits)
            self.before = [Int](repeating: -1, count: content.count)
        }

        mutating func insert(_ index: Int) -> Int {
            let shift = (self.style.hashBits + 2) / 3
            var hash = 0
            for place in 0..<3 { hash = hash << shift ^ Int(self.content[index + place]) }
            hash &= self.heads.count - 1
            let last = self.heads[hash]
            self.before[index] = last
            self.heads[hash] = index
            return last
        }

        func longest(at index: Int, from head: Int, after base: Int, longerThan last: Int) -> (length: Int, start: Int)?
        {
            let available = self.content.count - index
            var tries = last >= self.style.effort.good ? self.style.effort.chain >> 2 : self.style.effort.chain
            var (best, start, place) = (last, -1, head)
            let nice = min(self.style.effort.nice, available)
            while true {
                var length = 0
                while length < min(258, available), self.content[place + length] == self.content[index + length] {
                    length += 1
                }
                if length > best {
                    (best, start) = (length, place)
                    if length >= nice { break }
                }
                place = self.before[place]
                tries -= 1
                if place <= max(base, index - DeflateMatches.farthest) || tries == 0 { break }
            }
            return start < 0 ? nil : (best, start)
        }
    }

    /// Bytes with repeats near and far, some of one byte alone, and places where few bytes are like others.
    private func content(_ random: inout SeededGenerator, _ count: Int) -> [UInt8] {
        var content: [UInt8] = []
        while content.count < count {
            switch Int.random(in: 0..<5, using: &random) {
            case 0:
                let kinds = UInt8.random(in: 1...255, using: &random)
                for _ in 0..<Int.random(in: 1...200, using: &random) {
                    content.append(UInt8.random(in: 0...kinds, using: &random))
                }
            case 1:
                let byte = UInt8.random(in: 0...3, using: &random)
                content += [UInt8](repeating: byte, count: Int.random(in: 1...400, using: &random))
            default:
                guard content.count > 10 else { continue }
                let reach = Bool.random(using: &random) ? 300 : 40_000
                let start = Int.random(in: max(0, content.count - reach)..<content.count - 3, using: &random)
                let end = min(content.count, start + Int.random(in: 3...300, using: &random))
                content += Array(content[start..<end])
            }
        }
        return Array(content.prefix(count))
    }

    @Test("what is found is what zlib finds by looking at every place", arguments: [0, 2, 3, 15])
    func walks(style: Int) throws {
        var random = SeededGenerator(seed: UInt64(style))
        let style = DeflateStyle.all[style]
        for count in [3, 5, 9, 40, 3000, 90_000] {
            let content = self.content(&random, count)
            var walk = Walk(content, style)
            var words = [Int32](repeating: 0, count: DeflateMatches.words(style))
            var wrong: [Int] = []
            var found = 0
            unsafe words.withUnsafeMutableBufferPointer { words in
                unsafe content.withUnsafeBufferPointer { bytes in
                    let matches = unsafe DeflateMatches(ByteView(bytes), style, WordView(words))
                    for index in 0...count - 3 {
                        let head = walk.insert(index)
                        let heads = matches.insert(index)
                        if heads.three != head { wrong.append(index) }
                        let base = Int.random(in: 0...index / 2, using: &random)
                        guard count < 100 || index % 307 == 0 || count - index < 20, head > base,
                            index - head <= DeflateMatches.farthest
                        else { continue }
                        for last in [2, 3, 4, 7, 8, 31] {
                            var work = 1 << 20
                            let ours = matches.longest(
                                at: index, from: heads, after: base, longerThan: last, takingShortest: true, work: &work
                            )
                            let all = walk.longest(at: index, from: head, after: base, longerThan: last)
                            // Three bytes so far away are not taken anyway.
                            if let all, all.length == 3, index - all.start > DeflateMatches.tooFar { continue }
                            if ours?.length != all?.length || ours?.start != all?.start { wrong.append(index) }
                            if ours != nil { found += 1 }
                        }
                    }
                }
            }
            #expect(wrong.isEmpty, "\(style), \(count) bytes: at \(wrong.prefix(5))")
            #expect(found > 0 || count < 3000)
        }
    }
}
