import Foundation
import Synchronization
import Testing

@testable import Threads

@Suite("A fair gate")
struct FairGateTests {
    /// Lets `keys` stand in line, in this order, then opens the gate.
    ///
    /// - Returns: the order in which they passed.
    private func order(_ keys: [(key: String, weight: Int)]) -> [String] {
        let gate = FairGate(width: 1)
        let passed = Mutex<[String]>([])
        let threads = ThreadPool(name: "gate", threads: keys.count)
        gate.pass(as: "first", weight: 0) {
            for (index, entry) in keys.enumerated() {
                threads.perform {
                    gate.pass(as: entry.key, weight: entry.weight) { passed.withLock { $0.append(entry.key) } }
                }
                while gate.waiting <= index { usleep(100) }
            }
        }
        threads.shutdown()
        return passed.withLock { $0 }
    }

    @Test("one who asks often and one who asks seldom take turns")
    func turns() {
        let many = Array(repeating: (key: "a", weight: 10), count: 6)
        let few = Array(repeating: (key: "b", weight: 10), count: 3)
        #expect(self.order(many + few) == ["a", "b", "a", "b", "a", "b", "a", "a", "a"])
    }

    @Test("shares are of weight, not of passages")
    func weights() {
        let large = Array(repeating: (key: "a", weight: 30), count: 2)
        let small = Array(repeating: (key: "b", weight: 10), count: 5)
        #expect(self.order(large + small) == ["a", "b", "b", "b", "a", "b", "b"])
    }

    @Test("as many pass at once as the gate is wide, and no more")
    func width() {
        let gate = FairGate(width: 2)
        let inside = Mutex((now: 0, most: 0))
        let threads = ThreadPool(name: "gate", threads: 6)
        for number in 0..<60 {
            threads.perform {
                gate.pass(as: "\(number % 7)", weight: number) {
                    inside.withLock {
                        $0.now += 1
                        $0.most = max($0.most, $0.now)
                    }
                    usleep(200)
                    inside.withLock { $0.now -= 1 }
                }
            }
        }
        threads.shutdown()
        #expect(inside.withLock { $0.now } == 0)
        #expect(inside.withLock { $0.most } <= 2)
    }
}
