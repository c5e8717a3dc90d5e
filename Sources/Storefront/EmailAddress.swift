/// An address that mail can be sent to, in the plain form that people have: `name@domain.tld`.
public struct EmailAddress: Hashable, Sendable {
    /// The domain in lower case; the part before it as it was written.
    public let text: String

    /// For comparing: two spellings of one mailbox at any provider people use.
    public var folded: String { self.text.lowercased() }

    /// - Returns: nil for what is no address: quoting and comments (RFC 5322) are not taken.
    public init?(_ text: String) {
        let halves = text.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= 254, halves.count == 2, (1...64).contains(halves[0].utf8.count),
            Self.isLocal(halves[0]), Self.isDomain(halves[1])
        else { return nil }
        self.text = "\(halves[0])@\(halves[1].lowercased())"
    }

    private static func isLocal(_ part: Substring) -> Bool {
        let labels = part.split(separator: ".", omittingEmptySubsequences: false)
        return labels.allSatisfy { label in
            !label.isEmpty
                && label.unicodeScalars.allSatisfy { scalar in
                    scalar.value > 0x9f && !scalar.properties.isWhitespace
                        && scalar.properties.generalCategory != .format
                        || scalar.isASCII
                            && (scalar.properties.isAlphabetic
                                || "0123456789!#$%&'*+-/=?^_`{|}~".unicodeScalars
                                    .contains(scalar))
                }
        }
    }

    private static func isDomain(_ part: Substring) -> Bool {
        let labels = part.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                    && label.unicodeScalars.allSatisfy {
                        $0.properties.isAlphabetic || $0 == "-" || ("0"..."9").contains($0)
                    }
            }
    }
}
