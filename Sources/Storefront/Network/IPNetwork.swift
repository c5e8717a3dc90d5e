/// A range of addresses that begin alike (CIDR, RFC 4632): `10.0.0.0/8`, `2001:db8::/32`, or one address.
public struct IPNetwork: Hashable, Sendable {
    public let address: IPAddress
    /// Bits that must be the same; 0 to 32 or 128.
    public let prefix: Int

    /// - Returns: nil when the text is none, or has bits behind the prefix, which is most often a mistake.
    public init?(_ text: String) {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count <= 2, let address = IPAddress(String(halves[0])) else { return nil }
        let most = address.bytes.count * 8
        var prefix = most
        if halves.count == 2 {
            let digits = halves[1]
            guard (1...3).contains(digits.utf8.count), digits == "0" || !digits.hasPrefix("0"),
                digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let value = Int(digits), value <= most
            else { return nil }
            prefix = value
        }
        guard Self.masked(address.bytes, to: prefix) == address.bytes else { return nil }
        self.address = address
        self.prefix = prefix
    }

    public func contains(_ address: IPAddress) -> Bool {
        address.bytes.count == self.address.bytes.count
            && Self.masked(address.bytes, to: self.prefix) == self.address.bytes
    }

    private static func masked(_ bytes: [UInt8], to prefix: Int) -> [UInt8] {
        bytes.enumerated().map { index, byte in
            let kept = max(0, min(8, prefix - index * 8))
            return kept == 8 ? byte : byte & ~(0xff >> UInt8(kept))
        }
    }
}

extension IPNetwork: CustomStringConvertible {
    public var description: String { "\(self.address)/\(self.prefix)" }
}

extension IPAddress {
    /// Addresses that are no place on the public Internet: our own network, ourselves, nobody, everybody.
    ///
    /// From IANA's registries of special-purpose addresses (RFC 6890 and its updates), and what tunnels a version 4
    /// address inside of version 6.
    public var isPublic: Bool { !Self.special.contains { $0.contains(self) } }

    private static let special: [IPNetwork] = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "::/96", "::1", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23",
        "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    ].compactMap(IPNetwork.init)
}
