/// Why bytes are not a JSON text we take.
public struct JSONError: Error, Hashable, Sendable {
    public enum Reason: Hashable, Sendable {
        case empty
        case unexpectedEnd
        case unexpectedCharacter
        case notUTF8
        /// A `\u` escape that stands for half a character.
        case loneSurrogate
        /// A number nobody means: an exponent beyond ±308, or many hundreds of characters.
        case numberOutOfRange
        case duplicateName(String)
        case tooDeep(limit: Int)
        case trailingCharacters
    }

    public let reason: Reason

    /// Bytes before the place where it went wrong.
    public let offset: Int

    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}

extension JSONError: CustomStringConvertible {
    public var description: String {
        let what =
            switch self.reason {
            case .empty: "there is no JSON text"
            case .unexpectedEnd: "the JSON text ends early"
            case .unexpectedCharacter: "a character does not belong there"
            case .notUTF8: "the bytes are not UTF-8"
            case .loneSurrogate: "an escape stands for half a character"
            case .numberOutOfRange: "a number is out of range"
            case .duplicateName: "a name stands twice in an object"
            case .tooDeep(let limit): "it is nested deeper than \(limit)"
            case .trailingCharacters: "something follows the JSON text"
            }
        return "\(what), at byte \(self.offset)"
    }
}
