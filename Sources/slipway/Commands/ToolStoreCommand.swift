import ArgumentParser
import Configuration
import ObjectStore
import Threads

/// `slipway tool store`
struct ToolStoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store", abstract: "Puts files into the configured store and gets them back.",
        discussion: """
            Uses SLIPWAY_STORE and its companions; see `slipway doctor --help`.

            Example: SLIPWAY_STORE_DIRECTORY=/tmp/store slipway tool store put a/b file
            """,
        subcommands: [ToolStorePutCommand.self, ToolStoreGetCommand.self])
}

/// `slipway tool store put KEY FILE`
struct ToolStorePutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "put", abstract: "Puts FILE into the store under KEY.",
        discussion: "Example: slipway tool store put builds/1.zip ./1.zip")

    @Argument var key: String
    @Argument var file: String
    @OptionGroup var output: ToolOutput

    func run() async throws {
        try await ToolOutput.explaining {
            let key = try ObjectKey(validating: self.key)
            let info = try await StandaloneStore.with { transfer in
                try await transfer.upload(
                    key, file: self.file, digest: nil, condition: .always, resuming: .latest
                ) { _ in }
            }
            try self.output.show(
                Result(key: info.key.text, bytes: info.size, etag: info.etag),
                "\(info.key): \(info.size) bytes, etag \(info.etag)")
        }
    }

    private struct Result: Encodable {
        let key: String
        let bytes: Int64
        let etag: String
    }
}

/// `slipway tool store get KEY FILE`
struct ToolStoreGetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Gets KEY from the store into FILE.",
        discussion: "Example: slipway tool store get builds/1.zip ./1.zip")

    @Argument var key: String
    @Argument var file: String
    @OptionGroup var output: ToolOutput

    func run() async throws {
        try await ToolOutput.explaining {
            let key = try ObjectKey(validating: self.key)
            let size = try await StandaloneStore.with { transfer in
                try await transfer.download(key, to: self.file, digest: nil) { _ in }.size
            }
            try self.output.show(Result(file: self.file, bytes: size), "\(self.file): \(size) bytes")
        }
    }

    private struct Result: Encodable {
        let file: String
        let bytes: Int64
    }
}

/// The configured store, without a database.
private enum StandaloneStore {
    static func with<Value>(_ body: (FileTransfer) async throws -> Value) async throws -> Value {
        let config = ConfigReader.slipway
        let settings = try StoreSettings(reading: config, data: config.string(forKey: "data", default: "."))
        let connection = try await StoreConnection.open(settings, signer: nil)
        let pool = ThreadPool(name: "files", threads: 2)
        do {
            let value = try await body(FileTransfer(store: connection.store, pool: pool, maximumInFlight: 16))
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }
}
