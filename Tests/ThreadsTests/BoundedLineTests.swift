import Foundation
import Synchronization
import Testing
import Threads

@Suite("A bounded line")
struct BoundedLineTests {
    @Test("work is done in order, all of it")
    func order() {
        let pool = ThreadPool(name: "line", threads: 3)
        let line = BoundedLine(on: pool, waiting: 4)
        let done = Mutex<[Int]>([])
        for number in 0..<1000 { line.add { done.withLock { $0.append(number) } } }
        line.drain()
        #expect(done.withLock { $0 } == Array(0..<1000))
        pool.shutdown()
    }

    @Test("whoever hands in more than may wait is held back")
    func bounded() {
        let pool = ThreadPool(name: "line", threads: 1)
        let line = BoundedLine(on: pool, waiting: 2)
        let count = Mutex((given: 0, done: 0, most: 0))
        for _ in 0..<50 {
            line.add {
                usleep(300)
                count.withLock { $0.done += 1 }
            }
            count.withLock {
                $0.given += 1
                $0.most = max($0.most, $0.given - $0.done)
            }
        }
        line.drain()
        // Two that wait, and the one being done.
        #expect(count.withLock { $0.most } <= 3)
        #expect(count.withLock { $0.done } == 50)
        pool.shutdown()
    }

    @Test("work that may be left out is, while there is some")
    func idle() {
        let pool = ThreadPool(name: "line", threads: 1)
        let line = BoundedLine(on: pool, waiting: 1)
        let isOpen = Mutex(false)
        #expect(line.addIfIdle { while !isOpen.withLock({ $0 }) { usleep(100) } })
        #expect(!line.addIfIdle {})
        isOpen.withLock { $0 = true }
        line.drain()
        #expect(line.addIfIdle {})
        line.drain()
        pool.shutdown()
    }
}
