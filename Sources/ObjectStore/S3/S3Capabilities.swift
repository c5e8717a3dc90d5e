/// What a store was seen to do with requests that not every store understands.
public struct S3Capabilities: Equatable, Sendable {
    /// Refuses an object whose `x-amz-checksum-sha256` is not that of its bytes.
    public let verifiesChecksums: Bool

    /// Takes the SHA-256 of a part though the upload was begun without a word of checksums, and refuses a part whose is another.
    public let verifiesPartChecksums: Bool

    /// Tells the checksum of an object that was put with one.
    public let keepsChecksums: Bool

    /// Refuses a body that is not the one whose SHA-256 was signed.
    public let verifiesSignedBodies: Bool

    /// Leaves an object alone that is put with `If-None-Match: *`.
    public let putsConditionally: Bool

    /// Leaves an object alone when an upload in parts is completed with `If-None-Match: *`.
    public let completesConditionally: Bool
}

extension S3Capabilities: CustomStringConvertible {
    /// What it lacks, in words.
    public var description: String {
        let lacks = [
            (self.verifiesChecksums, "verify checksums"), (self.verifiesPartChecksums, "verify checksums of parts"),
            (self.keepsChecksums, "keep checksums"),
            (self.verifiesSignedBodies, "verify signed bodies"), (self.putsConditionally, "put conditionally"),
            (self.completesConditionally, "complete uploads conditionally"),
        ].filter { !$0.0 }.map(\.1)
        return lacks.isEmpty ? "does all that was asked" : "does not \(lacks.joined(separator: ", not "))"
    }
}
