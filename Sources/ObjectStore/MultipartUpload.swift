public import FoundationEssentials

/// The store's name for one upload in parts.
///
/// Opaque.
public struct MultipartUploadID: Hashable, Sendable, Codable, LosslessStringConvertible {
    public let text: String

    public init(_ description: String) { self.text = description }

    public init(from decoder: any Decoder) throws {
        self.text = try decoder.singleValueContainer().decode(String.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.text)
    }

    public var description: String { self.text }
}

/// An upload that was begun and neither completed nor aborted.
///
/// Its parts take space until it is.
public struct OpenMultipartUpload: Equatable, Sendable {
    public let key: ObjectKey
    public let id: MultipartUploadID

    /// By the store's clock.
    public let begunAt: Date

    public init(key: ObjectKey, id: MultipartUploadID, begunAt: Date) {
        self.key = key
        self.id = id
        self.begunAt = begunAt
    }
}
