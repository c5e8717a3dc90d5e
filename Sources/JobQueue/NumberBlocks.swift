import Postgres
import Synchronization

/// Numbers for jobs that are about to be enqueued, taken from the database in blocks of 256.
///
/// A block is good for a second: numbers are the order in which jobs are run, so they must not lie about.
final class NumberBlocks: Sendable {
    static let size = 256

    private struct Block {
        var next: Int64 = 0
        var end: Int64 = 0
        var expiry = ContinuousClock.now
    }

    private let block = Mutex(Block())

    /// One number without a round trip, if the block at hand has one.
    private func take() -> Int64? {
        self.block.withLock { block in
            guard block.next < block.end, ContinuousClock.now < block.expiry else { return nil }
            defer { block.next += 1 }
            return block.next
        }
    }

    func one(from executor: some SQLExecutor) async throws(PostgresError) -> Int64 {
        if let number = self.take() { return number }
        let start = try await Self.fetch(1, from: executor)[0]
        self.block.withLock { block in
            block = Block(next: start + 1, end: start + Int64(Self.size), expiry: .now + .seconds(1))
        }
        return start
    }

    /// Numbers in rising order.
    func many(_ count: Int, from executor: some SQLExecutor) async throws(PostgresError) -> [Int64] {
        if count == 1 { return [try await self.one(from: executor)] }
        let starts = try await Self.fetch((count + Self.size - 1) / Self.size, from: executor)
        var numbers: [Int64] = []
        numbers.reserveCapacity(count)
        for start in starts {
            numbers.append(contentsOf: start..<start + Int64(min(Self.size, count - numbers.count)))
        }
        return numbers
    }

    private static func fetch(_ blocks: Int, from executor: some SQLExecutor) async throws(PostgresError) -> [Int64] {
        let rows =
            blocks == 1
            ? try await executor.rows("SELECT nextval('job_id') AS start")
            : try await executor.rows(
                "SELECT nextval('job_id') AS start FROM generate_series(1, \(Int64(blocks))) ORDER BY start")
        guard rows.count == blocks else { throw .unexpected("no numbers for jobs") }
        return try rows.map { row throws(PostgresError) in try row("start") }
    }
}
