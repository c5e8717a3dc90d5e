/// The version of an SDK release: three numbers (Semantic Versioning 2.0.0, without labels).
public struct SDKVersion: Hashable, Comparable, Sendable {
    public let major: Int
    public let minor: Int
    public let patch: Int

    /// - Returns: nil for what is not three numbers without leading zeros, each below a million.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part -> Int? in
            guard (1...6).contains(part.utf8.count), part.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                part == "0" || !part.hasPrefix("0")
            else { return nil }
            return Int(part)
        }
        guard parts.count == 3, numbers.count == 3 else { return nil }
        self.major = numbers[0]
        self.minor = numbers[1]
        self.patch = numbers[2]
    }

    public static func < (left: SDKVersion, right: SDKVersion) -> Bool {
        (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
    }
}

extension SDKVersion: CustomStringConvertible {
    public var description: String { "\(self.major).\(self.minor).\(self.patch)" }
}
