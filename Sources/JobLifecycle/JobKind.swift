/// The stable name of a type of job, as rows, logs and metrics carry it: lower-case words joined by hyphens.
public struct JobKind: RawRepresentable, Hashable, Codable, Sendable, ExpressibleByStringLiteral,
    CustomStringConvertible
{
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public init(stringLiteral value: String) { self.rawValue = value }

    public var description: String { self.rawValue }
}
