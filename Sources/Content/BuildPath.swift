/// Where a file, folder or link lies inside a build.
///
/// Relative, separated by `/`, valid UTF-8, kept byte for byte as the sender wrote it, and safe to create on Windows,
/// macOS and Linux (``PathProblem`` lists the rules). Two paths are equal when their bytes are, and are ordered by
/// their bytes, so that the order is the same in every language and database collation "C".
public struct BuildPath: Sendable {
    /// Bytes in the longest path.
    public static let longest = 1024
    /// Bytes in the longest component: NAME_MAX of Linux.
    public static let longestComponent = 255
    /// Components in the deepest path.
    public static let deepest = 64

    /// The path as text.
    public let text: String

    /// - Throws: the first rule that `text` breaks.
    public init(validating text: String) throws(PathProblem) {
        var text = text
        text.makeContiguousUTF8()
        if let problem = PathRules.problem(in: text) { throw problem }
        self.text = text
    }

    /// - Throws: the first rule that `bytes` break.
    public init(validating bytes: [UInt8]) throws(PathProblem) {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        try self.init(validating: text)
    }

    /// A part of a path that was validated before.
    private init(trusted text: Substring) {
        self.text = String(text)
    }

    /// The UTF-8 of the path.
    public var bytes: [UInt8] { Array(self.text.utf8) }

    /// The last component.
    public var name: String {
        guard let slash = self.lastSlash else { return self.text }
        return String(self.text[self.text.utf8.index(after: slash)...])
    }

    /// The folder the path lies in; nil at the root of the build.
    public var parent: BuildPath? {
        guard let slash = self.lastSlash else { return nil }
        return BuildPath(trusted: self.text[..<slash])
    }

    /// The names from the root to the leaf; at least one.
    public var components: [Substring] { self.text.split(separator: "/") }

    private var lastSlash: String.Index? { self.text.utf8.lastIndex(of: UInt8(ascii: "/")) }
}

extension BuildPath: Hashable {
    public static func == (left: BuildPath, right: BuildPath) -> Bool {
        // Text compares by canonical equivalence, which is equality of bytes only while all is ASCII.
        guard left.text == right.text else { return false }
        return left.text.utf8Span.isKnownASCII || left.text.utf8.elementsEqual(right.text.utf8)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(self.text) }
}

extension BuildPath: Comparable {
    public static func < (left: BuildPath, right: BuildPath) -> Bool {
        let left = left.text.utf8Span.span
        let right = right.text.utf8Span.span
        let common = min(left.count, right.count)
        for index in 0..<common where left[index] != right[index] { return left[index] < right[index] }
        return left.count < right.count
    }
}

extension BuildPath: LosslessStringConvertible {
    public init?(_ description: String) {
        guard let path = try? BuildPath(validating: description) else { return nil }
        self = path
    }

    public var description: String { self.text }
}

extension BuildPath: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do {
            try self.init(validating: text)
        } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.code)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.text)
    }
}
