/// Does something to each item, so many at a time; the first error stops the rest.
///
/// - Returns: the results in the items' order.
func inParallel<Item: Sendable, Value: Sendable>(
    _ items: [Item], limit: Int, _ body: @escaping @Sendable (Item) async throws -> Value
) async throws -> [Value] {
    try await withThrowingTaskGroup(of: (Int, Value).self) { group in
        var values = [Value?](repeating: nil, count: items.count)
        var next = 0
        func start() {
            let (index, item) = (next, items[next])
            next += 1
            group.addTask { (index, try await body(item)) }
        }
        while next < min(limit, items.count) { start() }
        while let (index, value) = try await group.next() {
            values[index] = value
            if next < items.count { start() }
        }
        return values.compactMap { $0 }
    }
}
