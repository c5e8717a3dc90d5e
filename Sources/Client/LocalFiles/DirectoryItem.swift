/// A name in a folder.
public struct DirectoryItem: Equatable, Sendable {
    /// The name's bytes, as the file system keeps them.
    public let bytes: [UInt8]

    /// The name as text; nil when its bytes are not UTF-8.
    public var name: String? { String(validating: self.bytes, as: UTF8.self) }

    /// The name for people: what is not UTF-8 is shown as U+FFFD.
    public var displayName: String { String(decoding: self.bytes, as: UTF8.self) }
}
