/// Why something was not sealed or opened.
///
/// No case carries a key or a text.
public enum EnvelopeError: Error, Equatable, Sendable {
    /// The bytes, the key or what they are bound to are others than when they were sealed. Somebody must look: it is an
    /// attack or a damaged disk.
    case tampered

    /// They were sealed under a key that this ring does not have. An operator puts it back into the file of keys.
    case unknownKey(id: String)

    /// The system gave no randomness or no memory.
    case unavailable

    /// The file of keys cannot be used; the line is counted from 1, 0 being the whole of it.
    case badKeyFile(line: Int, reason: String)
}
