import Digests
import Foundation

/// The secrets of an installation, each a file that only its owner reads.
///
/// Described without what is in them, so that nothing that prints what it holds prints them.
struct Secrets: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// Signs manifests.
    let manifestKey: Ed25519.SigningKey
    /// Mixed into the hashes of API keys.
    let pepper: [UInt8]
    /// Signs the cursors of lists.
    let cursor: [UInt8]
    /// Signs upload URLs of the filesystem store.
    let storage: [UInt8]

    var description: String { "secrets" }
    var debugDescription: String { self.description }

    /// Reads the secrets, and makes those that are missing.
    ///
    /// Processes that share an installation share the directory; the first to create a file wins.
    static func load(from directory: String) throws -> Secrets {
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let pem = try self.file("manifest.pem", in: directory) { Array(try Ed25519.SigningKey.generate().pem().utf8) }
        return Secrets(
            manifestKey: try Ed25519.SigningKey(pem: String(decoding: pem, as: UTF8.self)),
            pepper: try self.file("pepper", in: directory) { try SecureRandom.bytes(32) },
            cursor: try self.file("cursor", in: directory) { try SecureRandom.bytes(32) },
            storage: try self.file("storage", in: directory) { try SecureRandom.bytes(32) })
    }

    private static func file(_ name: String, in directory: String, make: () throws -> [UInt8]) throws -> [UInt8] {
        let path = "\(directory)/\(name)"
        if !FileManager.default.fileExists(atPath: path) {
            // Written aside and linked, so that nobody reads half a secret and the first one made stays.
            let aside = "\(path).\(UUID().uuidString)"
            defer { try? FileManager.default.removeItem(atPath: aside) }
            try Data(try make()).write(to: URL(filePath: aside))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: aside)
            try? FileManager.default.linkItem(atPath: aside, toPath: path)
        }
        return Array(try Data(contentsOf: URL(filePath: path)))
    }
}
