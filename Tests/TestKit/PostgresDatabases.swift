/// Lends an empty database of its own, and drops it.
///
/// The server is one for the whole process, and started by the first call.
public func withTemporaryDatabase<Value: Sendable>(
    _ body: (_ url: String) async throws -> Value
) async throws -> Value {
    try await withDatabase(isMigrated: false, body)
}

/// Lends a database of its own with every migration applied, and drops it.
public func withMigratedDatabase<Value: Sendable>(
    _ body: (_ url: String) async throws -> Value
) async throws -> Value {
    try await withDatabase(isMigrated: true, body)
}

private func withDatabase<Value: Sendable>(
    isMigrated: Bool, _ body: (_ url: String) async throws -> Value
) async throws -> Value {
    let url = try await PostgresCluster.shared.makeDatabase(isMigrated: isMigrated)
    do {
        let value = try await body(url)
        try await PostgresCluster.shared.dropDatabase(url)
        return value
    } catch {
        // The body's error tells more than one of the clean-up's would.
        try? await PostgresCluster.shared.dropDatabase(url)
        throw error
    }
}
