public import Content

/// One part of a patch, which applies alone: some new bytes, and all that is needed to make them.
public struct PatchGroup: Equatable, Sendable {
    /// What it makes: runs of the new version's files, one after the other.
    public let outputs: [PatchExtent]
    /// What it reads: runs of the old version's files, which stand side by side as its old bytes.
    public let inputs: [PatchExtent]
    public let method: PatchMethod
    /// Where the payload lies in the patch.
    public let offset: Int64
    public let payload: Int
    /// The first eight bytes of the payload's SHA-256: tells a damaged patch from a wrong old version.
    public let payloadCheck: UInt64
    /// SHA-256 of the bytes it makes.
    public let digest: Digest

    public init(
        outputs: [PatchExtent], inputs: [PatchExtent], method: PatchMethod, offset: Int64, payload: Int,
        payloadCheck: UInt64, digest: Digest
    ) {
        self.outputs = outputs
        self.inputs = inputs
        self.method = method
        self.offset = offset
        self.payload = payload
        self.payloadCheck = payloadCheck
        self.digest = digest
    }

    /// New bytes it makes.
    public var outputLength: Int { self.outputs.reduce(0) { $0 + $1.length } }

    /// Bytes it reads of old files.
    public var inputLength: Int { self.inputs.reduce(0) { $1.file < 0 ? $0 : $0 + $1.length } }
}
