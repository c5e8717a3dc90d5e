public import Content

/// Why an envelope gave no manifest. Nothing inside it was trusted or looked at.
public enum ManifestSigningError: Error, Equatable, Sendable {
    /// Not an envelope, or cut short.
    case notAnEnvelope
    case unsupportedFormat(Int)
    /// Signed by a key that is not trusted here.
    case unknownKey(id: String)
    /// The signature does not fit the content: changed on the way, or forged.
    case badSignature
    /// The compressed part is broken, or longer than it says.
    case corrupt(reason: String)
    /// Signed properly, yet not a manifest this program reads.
    case unreadable(ManifestError)
}
