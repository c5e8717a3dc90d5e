/// The name of a line of releases: `public`, `beta`.
///
/// 1 to 32 of `a`–`z`, `0`–`9` and `-`, the first a letter.
public struct ChannelName: Hashable, Sendable {
    public let text: String

    /// What the shop shows.
    public static let `public` = ChannelName(trusted: "public")

    public init?(_ text: String) {
        let bytes = text.utf8
        guard (1...32).contains(bytes.count), let first = bytes.first, Self.isLetter(first),
            bytes.allSatisfy({
                Self.isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
            })
        else { return nil }
        self.text = text
    }

    private init(trusted text: String) { self.text = text }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
}

extension ChannelName: LosslessStringConvertible {
    public var description: String { self.text }
}
