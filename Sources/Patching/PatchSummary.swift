public import Delta

/// What a patch came to.
public struct PatchSummary: Equatable, Sendable {
    /// One part of the patch, in the order written.
    public struct Group: Equatable, Sendable {
        public let method: PatchMethod
        public let payload: Int
        public let outputs: [PatchExtent]
        /// Bytes of the payload on account of each output, in their order: shares by length within a group.
        public let shares: [Int]
        /// Old bytes that applying it reads.
        public let bytesRead: Int

        init(_ group: PatchGroup) {
            self.method = group.method
            self.payload = group.payload
            self.outputs = group.outputs
            self.shares = Self.shares(of: group)
            self.bytesRead = group.inputLength
        }

        /// Rounds so that the shares add up to the payload.
        private static func shares(of group: PatchGroup) -> [Int] {
            let total = group.outputLength
            var before = 0
            return group.outputs.map { output in
                let lower = group.payload * before / total
                before += output.length
                return group.payload * before / total - lower
            }
        }
    }

    /// Parts that make bytes for others and no file.
    public let shared: [Group]
    public let groups: [Group]
    /// Bytes of the whole patch.
    public let size: Int64

    /// Groups made by each method.
    public var methodCounts: [PatchMethod: Int] { self.groups.reduce(into: [:]) { $0[$1.method, default: 0] += 1 } }

    /// Payload bytes for each target, by its index in the new manifest.
    public var payloadBytes: [Int: Int64] {
        var bytes: [Int: Int64] = [:]
        for group in self.groups {
            for (output, share) in zip(group.outputs, group.shares) { bytes[output.file, default: 0] += Int64(share) }
        }
        return bytes
    }

    /// Old bytes that applying reads.
    public var bytesRead: Int64 { (self.shared + self.groups).reduce(0) { $0 + Int64($1.bytesRead) } }

    /// New bytes that applying writes.
    public var bytesWritten: Int64 {
        self.groups.reduce(0) { $0 + $1.outputs.reduce(0) { $0 + Int64($1.length) } }
    }
}
