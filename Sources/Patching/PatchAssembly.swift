public import Content
public import Delta

/// What stands around the payloads of a patch whose groups are made.
///
/// A patch is ``header``, the payloads of the shared groups and of the others in their order, and ``ending``.
public struct PatchAssembly: Sendable {
    public let header: [UInt8]
    /// Index and trailer.
    public let ending: [UInt8]
    public let summary: PatchSummary

    /// - Parameters:
    ///   - from: digest of the old manifest.
    ///   - to: digest of the new manifest.
    ///   - shared: groups that make bytes for others, in order.
    ///   - groups: the others; where they say their payloads lie does not matter.
    public init(from: Digest, to: Digest, shared: [PatchGroup], groups: [PatchGroup]) {
        self.header = PatchFrame.header(from: from, to: to)
        let index = PatchIndex(shared: shared, groups: groups).encoded()
        self.ending =
            index
            + PatchFrame.trailer(
                indexLength: index.count, digest: PatchReader.digest(header: self.header, index: index))
        let payloads = (shared + groups).reduce(Int64(0)) { $0 + Int64($1.payload) }
        self.summary = PatchSummary(
            shared: shared.map(PatchSummary.Group.init), groups: groups.map(PatchSummary.Group.init),
            size: Int64(self.header.count + self.ending.count) + payloads)
    }

    /// Bytes that any patch of so many groups has at least, payloads not counted.
    public static func leastSize(groups: Int) -> Int64 {
        // Method, payload length, check, digest, and one extent that is written.
        Int64(PatchFrame.headerLength + PatchFrame.trailerLength + 2 + groups * (1 + 1 + 8 + Digest.length + 5))
    }
}
