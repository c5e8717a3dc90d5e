/// Why libcrypto did not do what was asked.
public enum DigestsError: Error, Equatable, Sendable {
    /// The system gave no randomness. An operator must look: nothing that needs a secret can go on.
    case noRandomness

    /// A seed or public key has another length than 32 bytes.
    case wrongKeyLength(expected: Int, got: Int)

    /// The text is not an unencrypted PEM of an Ed25519 private key (PKCS #8).
    case notAnEd25519Key

    /// libcrypto failed where only lack of memory makes it fail.
    case outOfMemory
}
