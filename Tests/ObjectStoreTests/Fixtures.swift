import Foundation
import ObjectStore
import Threads

let publicBase = "https://api.example.com"
let signer = URLSigner(key: [UInt8](repeating: 7, count: 32), publicBase: publicBase)

/// Lends an empty directory and removes it.
func withTemporaryDirectory<Value>(_ body: (_ path: String) async throws -> Value) async throws -> Value {
    let path = FileManager.default.temporaryDirectory.appending(path: "slipway-store-\(UUID())").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
}

/// Lends an empty store in `<directory>/store`.
func withFilesystemStore<Value>(
    durability: FilesystemStore.Durability = .unsafeForTests,
    _ body: (_ store: FilesystemStore, _ directory: String) async throws -> Value
) async throws -> Value {
    try await withTemporaryDirectory { directory in
        let pool = ThreadPool(name: "store", threads: 4)
        defer { pool.shutdown() }
        let store = try await FilesystemStore(
            root: "\(directory)/store", durability: durability, signer: signer, pool: pool)
        return try await body(store, directory)
    }
}
