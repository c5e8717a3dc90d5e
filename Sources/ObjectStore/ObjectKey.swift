/// The name of one object in a store.
///
/// 1 to 1,024 bytes of UTF-8, components between slashes. No empty, `.` or `..` component, none above 255 bytes, no leading
/// or trailing slash and no control character: whatever a key names can be kept by S3 and by a filesystem alike, and no
/// key leads out of a directory. Equal and ordered by its bytes, as S3 lists, not by Unicode equivalence as `String` is.
///
/// Do not make one key the directory of another (`a` and `a/b`): stores that keep files refuse it
/// (``ObjectStoreError/keyConflict(_:)``).
public struct ObjectKey: Sendable {
    /// The key as text; exactly the bytes it was made from.
    public let text: String

    /// The longest key, in bytes of UTF-8 (the limit of S3).
    public static let maximumLength = 1024

    /// The longest component, in bytes of UTF-8 (`NAME_MAX` of Linux).
    public static let maximumComponentLength = 255

    /// - Throws: ``ObjectStoreError/invalidKey(_:reason:)``.
    public init(validating text: String) throws(ObjectStoreError) {
        if let reason = Self.objection(to: text) { throw .invalidKey(text, reason: reason) }
        self.text = text
    }

    /// The parts between slashes; at least one.
    public var components: [Substring] { self.text.split(separator: "/") }

    private static func objection(to text: String) -> String? {
        var text = text
        text.makeContiguousUTF8()
        let bytes = text.utf8
        guard !bytes.isEmpty else { return "it is empty" }
        guard bytes.count <= self.maximumLength else { return "it is longer than \(self.maximumLength) bytes" }
        if bytes.contains(where: { $0 < 0x20 || $0 == 0x7f }) { return "it has a control character" }
        for component in bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            if component.isEmpty { return "a component is empty" }
            if component.elementsEqual(".".utf8) || component.elementsEqual("..".utf8) {
                return "a component is . or .."
            }
            if component.count > self.maximumComponentLength {
                return "a component is longer than \(self.maximumComponentLength) bytes"
            }
        }
        return nil
    }
}

extension ObjectKey: Hashable {
    public static func == (left: ObjectKey, right: ObjectKey) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    public func hash(into hasher: inout Hasher) {
        for byte in self.text.utf8 { hasher.combine(byte) }
    }
}

extension ObjectKey: Comparable {
    public static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

extension ObjectKey: LosslessStringConvertible {
    public init?(_ description: String) {
        do throws(ObjectStoreError) { try self.init(validating: description) } catch { return nil }
    }

    public var description: String { self.text }
}

extension ObjectKey: ExpressibleByStringLiteral {
    /// A key written in our own source; one that is not valid is our bug.
    public init(stringLiteral value: String) {
        if let reason = Self.objection(to: value) { preconditionFailure("the key '\(value)' is not valid: \(reason)") }
        self.text = value
    }
}
