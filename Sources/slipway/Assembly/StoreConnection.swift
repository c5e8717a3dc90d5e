import AsyncHTTPClient
import Foundation
import Logging
import ObjectStore
import Threads

/// The configured store, and the connections it keeps.
struct StoreConnection: Sendable {
    let store: any ObjectStore
    private let http: HTTPClient?

    /// - Parameter signer: for presigned requests of the filesystem store; nil where none are made.
    static func open(_ settings: StoreSettings, signer: URLSigner?) async throws -> StoreConnection {
        switch settings {
        case .directory(let root):
            let store = try await FilesystemStore(
                root: root, durability: .synchronized, signer: signer, pool: ThreadPool(name: "store", threads: 8))
            return StoreConnection(store: store, http: nil)
        case .s3(let configuration, let authority):
            let setUp = authority.map { S3Store.clientConfiguration(trusting: $0) } ?? S3Store.clientConfiguration()
            let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: setUp)
            let pool = ThreadPool(name: "store", threads: 4)
            let credentials = DefaultCredentials(
                environment: ProcessInfo.processInfo.environment, http: http, pool: pool)
            let store = S3Store(configuration, credentials: credentials, http: http, pool: pool) { Date() }
            return StoreConnection(store: store, http: http)
        }
    }

    /// Says at once what is wrong with the store, before anybody sends it anything.
    ///
    /// A store that is only away at the moment is no reason not to start.
    func verify() async throws {
        guard let store = self.store as? S3Store else { return }
        do throws(ObjectStoreError) {
            let found = try await store.probe()
            Logger.current.info(
                "object store",
                metadata: ["store.endpoint": "\(store.configuration.endpoint)", "store.found": "\(found)"])
        } catch {
            guard error.isRetryable else { throw StoreUnusable(error: error) }
            Logger.current.warning("object store is away", metadata: ["error": "\(error)"])
        }
    }

    func close() async { try? await self.http?.shutdown() }
}

/// A store that must be set up otherwise before the program can use it.
struct StoreUnusable: Error, CustomStringConvertible {
    let error: ObjectStoreError

    var description: String { "the store cannot be used: \(self.error): \(self.error.hint)" }
}
