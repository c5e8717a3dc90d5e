/// The value of `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): a client's own name for one request.
public struct IdempotencyKey: Hashable, Sendable {
    /// 1 to 255 visible characters of ASCII.
    public let value: String

    /// - Parameter header: quoted, as the draft wants it, or bare, as most clients write it.
    /// - Returns: nil when it is no such value.
    public init?(_ header: String) {
        var text = header[...]
        if text.hasPrefix("\""), text.hasSuffix("\""), text.utf8.count >= 2 { text = text.dropFirst().dropLast() }
        guard (1...255).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "\"") })
        else { return nil }
        self.value = String(text)
    }
}
