import Digests
import FoundationEssentials

/// The keys that wrap data keys: one that wraps from now on, and older ones that still unwrap.
///
/// A key is replaced in three steps, each a change of the file and a restart of every process: add the new line as the last;
/// move it to the top; when nothing is wrapped under the old one any more (`RewrapKeys` sees to that), remove the old line.
/// In this order no process ever meets a key it does not know.
public struct KeyRing: Sendable, CustomStringConvertible {
    /// The id of the key that wraps.
    public let currentID: String
    private let keys: [String: [UInt8]]

    /// Reads a file of keys: a line each, `id base64`, the first being the current one; empty lines and those that begin
    /// with `#` are skipped.
    ///
    /// - Throws: ``EnvelopeError/badKeyFile(line:reason:)``.
    public init(file: String) throws(EnvelopeError) {
        var keys: [String: [UInt8]] = [:]
        var current: String?
        for (index, line) in file.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" }
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            guard words.count == 2 else { throw .badKeyFile(line: index + 1, reason: "is not `id base64`") }
            let id = String(first)
            guard (1...32).contains(id.utf8.count), id.utf8.allSatisfy(Self.isInID) else {
                throw .badKeyFile(line: index + 1, reason: "an id has 1 to 32 letters, digits, - and _")
            }
            guard let bytes = Data(base64Encoded: String(words[1])), bytes.count == AES256GCM.keyLength else {
                throw .badKeyFile(line: index + 1, reason: "a key is the base64 of 32 bytes")
            }
            guard keys.updateValue(Array(bytes), forKey: id) == nil else {
                throw .badKeyFile(line: index + 1, reason: "two keys have the id \(id)")
            }
            current = current ?? id
        }
        guard let current else { throw .badKeyFile(line: 0, reason: "there is no key in it") }
        self.currentID = current
        self.keys = keys
    }

    /// A line with a new key.
    public static func makeLine(id: String) throws(EnvelopeError) -> String {
        "\(id) \(Data(try randomBytes(AES256GCM.keyLength)).base64EncodedString())\n"
    }

    /// - Parameter context: the row it belongs to; it unwraps nowhere else.
    public func wrap(_ key: DataKey, binding context: String) throws(EnvelopeError) -> WrappedKey {
        let nonce = try randomBytes(AES256GCM.nonceLength)
        let sealed = try AES256GCM.seal(
            key.bytes, key: self.key(self.currentID), nonce: nonce, binding: Self.bound(self.currentID, context))
        return WrappedKey(keyID: self.currentID, bytes: nonce + sealed)
    }

    /// - Throws: ``EnvelopeError/tampered`` or ``EnvelopeError/unknownKey(id:)``.
    public func unwrap(_ wrapped: WrappedKey, binding context: String) throws(EnvelopeError) -> DataKey {
        let key = try self.key(wrapped.keyID)
        guard wrapped.bytes.count == AES256GCM.nonceLength + AES256GCM.keyLength + AES256GCM.tagLength else {
            throw .tampered
        }
        let bytes = try AES256GCM.open(
            Array(wrapped.bytes.dropFirst(AES256GCM.nonceLength)), key: key,
            nonce: Array(wrapped.bytes.prefix(AES256GCM.nonceLength)), binding: Self.bound(wrapped.keyID, context))
        return DataKey(bytes: bytes)
    }

    public var description: String { "KeyRing(\(self.currentID))" }

    private func key(_ id: String) throws(EnvelopeError) -> [UInt8] {
        guard let key = self.keys[id] else { throw .unknownKey(id: id) }
        return key
    }

    private static func bound(_ id: String, _ context: String) -> [UInt8] {
        Array("slipway-key-1\n\(id)\n\(context)".utf8)
    }

    private static func isInID(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
