public import FoundationEssentials

/// The UUID of one kind of thing, so that a game cannot be handed in where a version is meant.
///
/// Written in lower case (RFC 9562 §4), as PostgreSQL writes it.
public struct Identifier<Subject>: Hashable, Sendable {
    public let uuid: UUID

    public init(_ uuid: UUID) { self.uuid = uuid }
}

extension Identifier: Comparable {
    /// Orders by the bytes, as PostgreSQL orders `uuid`.
    public static func < (left: Identifier, right: Identifier) -> Bool { left.uuid < right.uuid }
}

extension Identifier: LosslessStringConvertible {
    public init?(_ description: String) {
        guard let uuid = UUID(uuidString: description) else { return nil }
        self.init(uuid)
    }

    public var description: String { self.uuid.uuidString.lowercased() }
}

extension Identifier: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let uuid = UUID(uuidString: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a UUID: \(text)")
        }
        self.init(uuid)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.description)
    }
}

/// A company that develops or publishes games.
public enum Developer {}
/// A person, as Account Service knows them.
public enum User {}
/// A product.
public enum Game {}
/// One named state of a game.
public enum Version {}

public typealias DeveloperID = Identifier<Developer>
public typealias UserID = Identifier<User>
public typealias GameID = Identifier<Game>
public typealias VersionID = Identifier<Version>
