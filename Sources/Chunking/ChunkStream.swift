/// Cuts bytes that come in buffers; the cuts do not depend on the buffers' sizes.
///
/// Keeps no bytes, so a caller that hashes chunks gives each buffer to ``scan(_:)`` and to its hasher alike.
public struct ChunkStream: Sendable {
    /// What one look into a buffer gave.
    public struct Scan: Hashable, Sendable {
        /// Bytes of the buffer that belong to the chunk at hand; at least one when the buffer has any.
        public let taken: Int
        /// The length of the chunk when it ends with the last of them; nil when it goes on in the next buffer.
        public let length: Int?
    }

    private let rule: CutRule
    private let blockSearch: BlockSearch?
    /// Bytes of the chunk at hand so far.
    public private(set) var pending = 0
    private var hash: UInt64 = 0

    public init(_ sizes: ChunkSizes) { self.init(CutRule(sizes)) }

    /// - Parameter blockSearch: nil to go byte by byte; the cuts are the same.
    init(_ rule: CutRule, blockSearch: BlockSearch? = .best) {
        self.rule = rule
        self.blockSearch = blockSearch
    }

    /// Takes bytes up to the next cut, or all of them when there is none.
    public mutating func scan(_ bytes: Span<UInt8>) -> Scan {
        let sizes = self.rule.sizes
        let start = self.pending
        // Lengths, not offsets: the byte that makes the chunk `length` long is `bytes[length - start - 1]`.
        let limit = min(start + bytes.count, sizes.maximum)
        var length = min(max(start, self.rule.skipped), limit)
        var hash = self.hash
        let found = unsafe bytes.withUnsafeBufferPointer { bytes -> Int? in
            guard let base = bytes.baseAddress else { return nil }
            let gear = unsafe GearScan(base - start, readable: start, self.blockSearch)
            length = unsafe gear.warm(from: length, to: min(limit, sizes.minimum - 1), &hash)
            if let cut = unsafe gear.search(
                from: length, to: min(limit, sizes.average - 1), self.rule.strictMask, &hash)
            {
                return cut
            }
            length = max(length, min(limit, sizes.average - 1))
            return unsafe gear.search(from: length, to: limit, self.rule.looseMask, &hash)
        }
        guard let end = found ?? (limit == sizes.maximum ? limit : nil) else {
            self.pending = limit
            self.hash = hash
            return Scan(taken: limit - start, length: nil)
        }
        self.pending = 0
        self.hash = 0
        return Scan(taken: end - start, length: end)
    }

    /// Takes a whole buffer.
    ///
    /// - Returns: the lengths of the chunks that end within it, in order; the first may have begun in earlier buffers.
    public mutating func feed(_ bytes: Span<UInt8>) -> [Int] {
        var lengths: [Int] = []
        var position = 0
        while position < bytes.count {
            let scan = self.scan(bytes.extracting(position...))
            position += scan.taken
            if let length = scan.length { lengths.append(length) }
        }
        return lengths
    }

    /// Ends the file.
    ///
    /// - Returns: the length of the last chunk, or nil when the file ended with a cut. The stream begins anew.
    public mutating func finish() -> Int? {
        guard self.pending > 0 else { return nil }
        let length = self.pending
        self.pending = 0
        self.hash = 0
        return length
    }
}
