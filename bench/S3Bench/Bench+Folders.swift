import Foundation
import ObjectStore

extension Bench {
    /// Objects moved at once; each is one request, or as many as the store wants for a large one.
    private static let objectsAtOnce = 16

    /// Every file of a folder is an object, named by the prefix and its own name.
    func sendFolder(_ folder: String, prefix: String) async throws(ObjectStoreError) {
        let transfer = try self.transfer
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder).sorted()) ?? []
        try await Self.forEach(names, atOnce: Self.objectsAtOnce) { (name: String) throws(ObjectStoreError) in
            _ = try await transfer.upload(
                try ObjectKey(validating: "\(prefix)/\(name)"), file: "\(folder)/\(name)", digest: nil,
                condition: .always, resuming: .none
            ) { _ in }
        }
    }

    /// The other way round.
    func fetchFolder(_ folder: String, prefix: String) async throws(ObjectStoreError) {
        let transfer = try self.transfer
        let keys = try await Self.keys(in: try self.store(at: self.endpoint), prefix: "\(prefix)/")
        try await Self.forEach(keys, atOnce: Self.objectsAtOnce) { (key: ObjectKey) throws(ObjectStoreError) in
            try await transfer.download(key, to: "\(folder)/\(key.components.last ?? "")", digest: nil) { _ in }
        }
    }

    private var transfer: FileTransfer {
        get throws(ObjectStoreError) {
            FileTransfer(store: try self.store(at: self.endpoint), pool: self.pool, maximumInFlight: 16)
        }
    }

    static func keys(in store: S3Store, prefix: String) async throws(ObjectStoreError) -> [ObjectKey] {
        var keys: [ObjectKey] = []
        while true {
            let page = try await store.list(prefix: prefix, after: keys.last, limit: 1000)
            keys += page.map(\.key)
            if page.count < 1000 { return keys }
        }
    }
}
