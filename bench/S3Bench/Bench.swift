import AsyncHTTPClient
import Foundation
import NIOCore
import ObjectStore
import Threads

/// A bucket, and what it takes to reach it.
struct Bench: Sendable {
    let endpoint: S3Endpoint
    let bucket: String
    let pool = ThreadPool(name: "files", threads: 2)

    /// A store of its own connections.
    ///
    /// - Parameter isFresh: whether each request has a connection of its own.
    func store(at endpoint: S3Endpoint, isFresh: Bool = false) throws(ObjectStoreError) -> S3Store {
        var setUp = S3Store.clientConfiguration()
        if isFresh {
            setUp.connectionPool.idleTimeout = .zero
            setUp.maximumUsesPerConnection = 1
        }
        return S3Store(
            S3Configuration(endpoint: endpoint, region: "us-east-1", bucket: self.bucket, addressing: .path),
            credentials: try StaticCredentials(environment: ProcessInfo.processInfo.environment),
            // Ends with the program.
            http: HTTPClient(eventLoopGroupProvider: .singleton, configuration: setUp), pool: self.pool,
            clock: { Date() })
    }

    /// Runs one step for each item, so many at once, and stops at the first that fails.
    static func forEach<Item: Sendable>(
        _ items: [Item], atOnce: Int, _ step: @escaping @Sendable (Item) async throws(ObjectStoreError) -> Void
    ) async throws(ObjectStoreError) {
        let outcome = await withTaskGroup(of: Result<Void, ObjectStoreError>.self) { group in
            var rest = items[...]
            var running = 0
            while true {
                while running < atOnce, let item = rest.popFirst() {
                    running += 1
                    group.addTask {
                        do throws(ObjectStoreError) { return .success(try await step(item)) } catch {
                            return .failure(error)
                        }
                    }
                }
                guard let result = await group.next() else { return Result<Void, ObjectStoreError>.success(()) }
                running -= 1
                if case .failure = result { return result }
            }
        }
        try outcome.get()
    }
}
