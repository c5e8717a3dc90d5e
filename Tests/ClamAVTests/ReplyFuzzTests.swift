import Content
import Fuzzing
import Testing

@testable import ClamAV

/// A file that took over its lane may send anything.
@Suite("Messages of scanners, damaged")
struct ReplyFuzzTests {
    private static func little(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    private static func laneReply(_ verdict: UInt64, covered: UInt64) -> [UInt8] {
        let head =
            self.little(UInt64(Wire.magic), 4) + self.little(verdict, 4) + self.little(7, 8) + self.little(covered, 8)
        let rest = self.little(3, 4) + self.little(5, 4) + self.little(63, 4) + self.little(0, 4) + Array("Eicar".utf8)
        return head + rest + [UInt8](repeating: 0, count: LaneReply.length - head.count - rest.count)
    }

    @Test("whatever a lane says, no file is clean that was not covered whole, and nothing found has no name")
    func lane() {
        var mutator = ByteMutator(seed: 0x1A2E)
        var (taken, cleared): (Int, Int) = (0, 0)
        for round in 0..<FuzzRounds.count(20_000) {
            let size = Int64([0, 1, 1000, Int.max][round % 4])
            var message = Self.laneReply(UInt64(mutator.next(6)), covered: UInt64(size))
            switch round % 3 {
            case 0: message = mutator.altered(message)
            case 1: message = mutator.damaged(message)
            default: message = Array(message.prefix(8)) + mutator.noise(LaneReply.length - 8)
            }
            guard let reply = LaneReply(message) else { continue }
            #expect(message.count == LaneReply.length)
            taken += 1
            guard let verdict = try? reply.outcome(name: "f", size: size) else { continue }
            switch verdict {
            case .clean(let covered):
                cleared += 1
                #expect(covered == size)
            case .infected(let signature, let covered):
                #expect(!signature.isEmpty && (0...size).contains(covered))
                #expect(signature.utf8.allSatisfy { (32..<127).contains($0) })
            case .incomplete(_, let covered): #expect((0...size).contains(covered))
            }
        }
        #expect(taken > 1000 && cleared > 100)
    }

    @Test("whatever the first process says, it is one of its messages or none")
    func control() {
        let good =
            Self.little(UInt64(Wire.magic), 4) + Self.little(1, 4) + Self.little(4321, 4) + Self.little(0, 4)
            + Self.little(9_000_000, 4) + Self.little(0, 4) + Self.little(1_700_000_000, 8)
            + [UInt8](repeating: 0xAB, count: 32)
        let message = good + [UInt8](repeating: UInt8(ascii: "x"), count: ControlReply.length - good.count)
        var mutator = ByteMutator(seed: 0xC0)
        var taken = 0
        for round in 0..<FuzzRounds.count(4000) {
            let bytes =
                round % 2 == 0 ? mutator.altered(message) : Array(message.prefix(4)) + mutator.noise(mutator.next(1100))
            guard let reply = ControlReply(bytes) else { continue }
            taken += 1
            #expect(bytes.count == ControlReply.length && reply.signatureCount >= 0)
            for text in [reply.engine, reply.database, reply.text] {
                #expect(text.utf8.count <= 640 && text.utf8.allSatisfy { (32..<127).contains($0) })
            }
        }
        #expect(taken > 100)
    }
}
