import Content
import FoundationEssentials
import LocalFiles

/// A folder that pull keeps, and the `.slipway` folder in it, where pull keeps its own state.
///
/// ```
/// .slipway/lock        held while somebody works on the folder
/// .slipway/source      JSON: service, game, version
/// .slipway/key         base64 of the manifest key that is trusted here
/// .slipway/manifest    signed manifest of what is installed; written last
/// .slipway/target      signed manifest of what is being put in place; removed last
/// .slipway/index       size, times and digest of each file, so that unchanged ones need not be read
/// .slipway/staging/    files that are not in place yet
/// ```
///
/// Every call blocks: make it on a pool's thread.
final class InstallFolder: Sendable {
    static let stateName = ".slipway"

    /// Absolute, links followed.
    let root: String
    private let lock: LocalFile?

    var state: String { "\(self.root)/\(Self.stateName)" }
    var staging: String { "\(self.state)/staging" }

    /// Opens a folder that may be new, and locks it.
    ///
    /// - Throws: ``ClientError/busy(_:)`` or ``LocalFileError``.
    init(making path: String) throws {
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        if FileSystem.realPath(of: path) == nil { try FileSystem.makeDirectories(path) }
        guard let root = FileSystem.realPath(of: path) else { throw ClientError.noSuchPath(path) }
        self.root = root
        try FileSystem.makeDirectory("\(root)/\(Self.stateName)")
        try FileSystem.makeDirectory("\(root)/\(Self.stateName)/staging")
        let lock = try LocalFile("\(root)/\(Self.stateName)/\(StateFile.lock.rawValue)", mode: .update)
        guard try lock.lock() else { throw ClientError.busy(root) }
        self.lock = lock
    }

    /// Opens a folder that was installed before, to read only.
    ///
    /// - Throws: ``ClientError/noSuchPath(_:)`` or ``ClientError/notInstalled(_:)``.
    init(reading path: String) throws {
        guard let root = FileSystem.realPath(of: path) else { throw ClientError.noSuchPath(path) }
        self.root = root
        self.lock = nil
        guard try FileSystem.status(of: self.location(.manifest)) != nil else { throw ClientError.notInstalled(path) }
    }

    /// A file of ours.
    enum StateFile: String {
        case lock, source, key, manifest, target, index
    }

    func location(_ file: StateFile) -> String { "\(self.state)/\(file.rawValue)" }

    func location(of path: BuildPath) -> String { "\(self.root)/\(path.text)" }

    func read(_ file: StateFile) throws(LocalFileError) -> [UInt8]? {
        try FileSystem.contents(of: self.location(file), limit: 1 << 30)
    }

    func write(_ bytes: [UInt8], to file: StateFile) throws(LocalFileError) {
        try FileSystem.replace(self.location(file), with: bytes)
    }

    func remove(_ file: StateFile) throws(LocalFileError) { try FileSystem.remove(self.location(file)) }

    // MARK: source and key

    /// Where the content came from.
    struct Source: Codable, Equatable {
        let url: String
        let game: String
        let version: String
    }

    func readSource() throws -> Source? {
        guard let bytes = try self.read(.source) else { return nil }
        return try? JSONDecoder().decode(Source.self, from: Data(bytes))
    }

    func write(_ source: Source) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try self.write(Array(try encoder.encode(source)), to: .source)
    }

    /// The key that was trusted first.
    ///
    /// - Throws: ``ClientError/damagedState(path:reason:)``.
    func readKey() throws -> [UInt8]? {
        guard let bytes = try self.read(.key) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self).trimmingSpaces().filter { $0 != "\n" }
        guard let key = try? ServerSettings.decodeKey(text) else {
            throw ClientError.damagedState(path: self.location(.key), reason: "no base64 of 32 bytes")
        }
        return key
    }

    func write(key: [UInt8]) throws(LocalFileError) {
        try self.write(Array("\(Data(key).base64EncodedString())\n".utf8), to: .key)
    }
}
