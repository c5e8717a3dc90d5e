import Synchronization
import Testing

@testable import ObjectStore

@Suite("Transfer gate")
struct TransferGateTests {
    private static func gate(limit: Int, budget: Int) -> TransferGate {
        TransferGate(window: ConcurrencyWindow(start: limit, minimum: 1, maximum: limit), byteBudget: budget)
    }

    @Test("never more requests than the window, nor more bytes than the budget, are inside", arguments: 0..<10)
    func limits(seed: Int) async throws {
        let gate = Self.gate(limit: 5, budget: 100)
        let inside = Inside()
        var random = SplitMix(state: UInt64(seed))
        let sizes = (0..<200).map { _ in Int.random(in: 0...60, using: &random) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for size in sizes {
                group.addTask {
                    try await gate.pass(bytes: size) { () async throws(ObjectStoreError) in
                        let isWithin = inside.counts.withLock { inside in
                            inside.requests += 1
                            inside.bytes += size
                            inside.most = max(inside.most, inside.requests)
                            return inside.requests <= 5 && inside.bytes <= 100
                        }
                        #expect(isWithin)
                        await Task.yield()
                        inside.counts.withLock { inside in
                            inside.requests -= 1
                            inside.bytes -= size
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        // How many were inside at once is the scheduler's business; on a busy machine it may be one.
        #expect(inside.counts.withLock { $0.requests == 0 && $0.bytes == 0 && $0.most >= 1 })
    }

    @Test("a request larger than the whole budget passes alone")
    func oversized() async throws {
        let gate = Self.gate(limit: 5, budget: 100)
        let value = try await gate.pass(bytes: 1000) { () async throws(ObjectStoreError) in 7 }
        #expect(value == 7)
    }

    @Test("who is cancelled in the line leaves it, and the others go on")
    func cancellation() async throws {
        let gate = Self.gate(limit: 1, budget: 100)
        let isOpen = Mutex(false)
        let first = Task {
            try await gate.pass(bytes: 1) { () async throws(ObjectStoreError) in
                while !isOpen.withLock({ $0 }) { await Task.yield() }
            }
        }
        let second = Task { () async -> ObjectStoreError? in
            do throws(ObjectStoreError) { try await gate.pass(bytes: 1) { () async throws(ObjectStoreError) in } } catch
            { return error }
            return nil
        }
        let third = Task { try await gate.pass(bytes: 1) { () async throws(ObjectStoreError) in } }
        second.cancel()
        isOpen.withLock { $0 = true }
        try await first.value
        try await third.value
        _ = await second.value
        try await gate.pass(bytes: 100) { () async throws(ObjectStoreError) in }
    }

    @Test("a failure inside makes room like a success")
    func failure() async throws {
        let gate = Self.gate(limit: 1, budget: 10)
        for _ in 0..<3 {
            await #expect(throws: ObjectStoreError.slowDown) {
                try await gate.pass(bytes: 10) { () async throws(ObjectStoreError) in throw .slowDown }
            }
        }
    }
}

/// What passed a gate and has not left it.
private final class Inside: Sendable {
    let counts = Mutex((requests: 0, bytes: 0, most: 0))
}
