import Multipart
public import Threads

/// Moves whole files to and from a store, many requests at once.
///
/// Memory does not grow with the file: a few slices for each request under way.
public struct FileTransfer: Sendable {
    let store: any ObjectStore
    let pool: ThreadPool
    let maximumInFlight: Int

    /// - Parameters:
    ///   - pool: reads and writes the files.
    ///   - maximumInFlight: requests for one file at once, at most; the store may want fewer
    ///     (``ObjectStore/parallelism``).
    public init(store: any ObjectStore, pool: ThreadPool, maximumInFlight: Int) {
        precondition(maximumInFlight >= 1, "nothing is moved by \(maximumInFlight) requests")
        self.store = store
        self.pool = pool
        self.maximumInFlight = maximumInFlight
    }

    /// Runs one step for each item, as many at once as the store wants, and stops at the first that fails.
    func forEach<Item: Sendable, Value: Sendable>(
        _ items: [Item], _ step: @escaping @Sendable (Item) async throws(ObjectStoreError) -> Value,
        then take: (Value) -> Void
    ) async throws(ObjectStoreError) {
        let result = await withTaskGroup(of: Result<Value, ObjectStoreError>.self) { group in
            var rest = items[...]
            var running = 0
            while true {
                while running < max(1, min(self.maximumInFlight, self.store.parallelism)), let item = rest.popFirst() {
                    running += 1
                    group.addTask { () async -> Result<Value, ObjectStoreError> in
                        do throws(ObjectStoreError) { return .success(try await step(item)) } catch {
                            return .failure(error)
                        }
                    }
                }
                guard let result = await group.next() else { return Result<Void, ObjectStoreError>.success(()) }
                running -= 1
                switch result {
                case .success(let value): take(value)
                case .failure(let error):
                    group.cancelAll()
                    return .failure(error)
                }
            }
        }
        try result.get()
    }
}
