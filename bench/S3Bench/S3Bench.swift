import AsyncHTTPClient
import Foundation
import ObjectStore
import Threads

/// Moves whole folders to and from a bucket with our own client, for `bench/run s3` to measure: it measures nothing itself.
///
/// `s3-bench up|down ENDPOINT BUCKET PREFIX FOLDER`. Credentials are those of the environment. A file is one object, named
/// by the prefix and its own name. Prints nothing when all went well.
@main
struct S3Bench {
    /// Objects moved at once; each is one request, or as many as the store wants for a large one.
    private static let objectsAtOnce = 16

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 6, let endpoint = S3Endpoint(arguments[2]), ["up", "down"].contains(arguments[1])
        else {
            FileHandle.standardError.write(Data("usage: s3-bench up|down ENDPOINT BUCKET PREFIX FOLDER\n".utf8))
            exit(2)
        }
        let configuration = S3Configuration(
            endpoint: endpoint, region: "us-east-1", bucket: arguments[3], addressing: .path)
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: S3Store.clientConfiguration())
        let pool = ThreadPool(name: "files", threads: 2)
        let store = S3Store(
            configuration, credentials: try StaticCredentials(environment: ProcessInfo.processInfo.environment),
            http: http, pool: pool, clock: { Date() })
        do throws(ObjectStoreError) {
            try await self.move(
                arguments[1], store, FileTransfer(store: store, pool: pool, maximumInFlight: 16), arguments)
        } catch {
            FileHandle.standardError.write(Data("\(error): \(error.hint)\n".utf8))
            exit(1)
        }
        try await http.shutdown()
    }

    private static func move(
        _ way: String, _ store: S3Store, _ transfer: FileTransfer, _ arguments: [String]
    ) async throws(ObjectStoreError) {
        let (prefix, folder) = (arguments[4], arguments[5])
        guard way == "up" else {
            let keys = try await self.keys(in: store, prefix: "\(prefix)/")
            return try await self.forEach(keys) { (key: ObjectKey) throws(ObjectStoreError) in
                let name = key.components.last ?? ""
                _ = try await transfer.download(key, to: "\(folder)/\(name)", digest: nil) { _ in }
            }
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder).sorted()) ?? []
        try await self.forEach(names) { (name: String) throws(ObjectStoreError) in
            _ = try await transfer.upload(
                try ObjectKey(validating: "\(prefix)/\(name)"), file: "\(folder)/\(name)", digest: nil,
                condition: .always, resuming: .none
            ) { _ in }
        }
    }

    private static func keys(in store: S3Store, prefix: String) async throws(ObjectStoreError) -> [ObjectKey] {
        var keys: [ObjectKey] = []
        while true {
            let page = try await store.list(prefix: prefix, after: keys.last, limit: 1000)
            keys += page.map(\.key)
            if page.count < 1000 { return keys }
        }
    }

    private static func forEach<Item: Sendable>(
        _ items: [Item], _ step: @escaping @Sendable (Item) async throws(ObjectStoreError) -> Void
    ) async throws(ObjectStoreError) {
        let outcome = await withTaskGroup(of: Result<Void, ObjectStoreError>.self) { group in
            var rest = items[...]
            var running = 0
            while true {
                while running < self.objectsAtOnce, let item = rest.popFirst() {
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
