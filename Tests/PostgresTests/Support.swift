import Postgres
import TestKit

/// Lends a database object on an empty database, and closes it.
func withDatabase<Value: Sendable>(
    _ configure: (inout DatabaseConfiguration) -> Void = { _ in }, _ body: (Database) async throws -> Value
) async throws -> Value {
    try await withTemporaryDatabase { url in
        var configuration = DatabaseConfiguration(url: url, maxConnections: 4)
        configure(&configuration)
        let database = Database(configuration)
        do {
            let value = try await body(database)
            await database.close()
            return value
        } catch {
            await database.close()
            throw error
        }
    }
}

/// Asks again and again, for at most ten seconds, until the answer is yes.
func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<1000 {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return false
}
