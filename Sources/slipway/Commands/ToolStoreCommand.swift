import ArgumentParser
import Configuration
import LocalFiles
import NIOCore
import ObjectStore

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
            let store = try await StandaloneStore.open()
            let size = try LocalFile(self.file, mode: .read).size
            let info = try await store.put(
                try ObjectKey(validating: self.key), .file(path: self.file, range: 0..<size), digest: nil,
                condition: .always)
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
            let store = try await StandaloneStore.open()
            let content = try await store.get(try ObjectKey(validating: self.key), range: nil)
            var file = try OutputFile(self.file)
            for try await buffer in content { try file.write(Array(buffer.readableBytesView).span) }
            let size = try file.commit()
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
    static func open() async throws -> any ObjectStore {
        let config = ConfigReader.slipway
        let settings = try StoreSettings(reading: config, data: config.string(forKey: "data", default: "."))
        return try await Engine.makeStore(settings, signer: nil)
    }
}
