import Content
import Digests
import FoundationEssentials
import Storefront

/// Writes and reads the cursors of lists: opaque to clients, and ours alone to make.
public struct CursorCodec: Sendable {
    private let key: [UInt8]
    private static let codeLength = 12

    /// - Parameter key: 32 secret bytes or more, the same in every process.
    public init(key: [UInt8]) {
        precondition(key.count >= 32, "the key of cursors has at least 32 bytes")
        self.key = key
    }

    /// - Parameter list: which list it is for; no other takes it.
    func encode(_ fields: [String], for list: String) -> String {
        let payload = JSONValue.array(fields.map { .string($0) }).encoded()
        return Self.text(self.code(payload, list) + payload)
    }

    func decode(_ cursor: String, for list: String) -> [String]? {
        guard cursor.utf8.count <= 8192, let bytes = Self.bytes(cursor), bytes.count > Self.codeLength else {
            return nil
        }
        let payload = Array(bytes[Self.codeLength...])
        guard constantTimeEquals(Array(bytes[..<Self.codeLength]), self.code(payload, list)),
            case .array(let items)? = try? JSONParser.parse(payload)
        else { return nil }
        return items.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }

    private func code(_ payload: [UInt8], _ list: String) -> [UInt8] {
        Array(
            HMACSHA256.authenticate(Array("slipway-cursor-1\n\(list)\n".utf8) + payload, key: self.key)
                .prefix(Self.codeLength))
    }

    private static func text(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().reduce(into: "") { text, character in
            switch character {
            case "+": text += "-"
            case "/": text += "_"
            case "=": break
            default: text.append(character)
            }
        }
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        var base64 = text.reduce(into: "") { text, character in
            text.append(character == "-" ? "+" : character == "_" ? "/" : character)
        }
        while !base64.utf8.count.isMultiple(of: 4) { base64 += "=" }
        return Data(base64Encoded: base64).map(Array.init)
    }
}
