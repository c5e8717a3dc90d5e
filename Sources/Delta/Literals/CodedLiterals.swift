/// Bytes by an adaptive coder of matches and hexadecimal digits: smaller than zstd makes them, and slower to read.
///
/// The layout and the model are described in `Sources/Patching/README.md`; a change of either is another format.
public enum CodedLiterals {
    /// The most bytes.
    public static let largest = 1 << 26

    /// Codes `bytes`, of which there are no more than ``largest``.
    ///
    /// Memory: 8 bytes for each up to 2^23 of them, 10 MiB for tables and what is coded at a time, and the result.
    public static func encode(_ bytes: [UInt8]) -> [UInt8] { self.encode(bytes, window: MatchTree.largestWindow) }

    static func encode(_ bytes: [UInt8], window: Int) -> [UInt8] {
        precondition(bytes.count <= Self.largest, "\(bytes.count) literals")
        guard !bytes.isEmpty else { return [] }
        var words = [Int32](repeating: -1, count: LiteralParse.words(bytes.count, window: window))
        return unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe words.withUnsafeMutableBufferPointer { words in
                Self.withRows { rows in
                    unsafe LiteralWriter.write(
                        ByteView(bytes), rows: rows, window: window, words: WordView(words))
                }
            }
        }
    }

    /// Makes the bytes again.
    ///
    /// - Parameter count: bytes in the result, as the caller knows from a trusted source; so much memory is taken, and
    ///   200 KB; no more than ``largest``.
    /// - Throws: ``DeltaError`` when `coded` reaches outside, or `count` is more. Other damage gives wrong bytes, so compare
    ///   digests.
    public static func decode(_ coded: Span<UInt8>, count: Int) throws(DeltaError) -> [UInt8] {
        guard count <= Self.largest else { throw .invalid(what: "literals", offset: 0) }
        var bytes = [UInt8](repeating: 0, count: count)
        try unsafe coded.withUnsafeBufferPointer { coded throws(DeltaError) in
            try unsafe bytes.withUnsafeMutableBufferPointer { bytes throws(DeltaError) in
                try Self.withRows { rows throws(DeltaError) in
                    try unsafe LiteralReader.read(ByteView(coded), into: MutableByteView(bytes), rows: rows)
                }
            }
        }
        return bytes
    }

    private static func withRows<Result, Failure: Error>(
        _ body: (DigitView) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var memory = [UInt8](repeating: 0, count: DigitView.length(rows: LiteralLayout.rows))
        return try unsafe memory.withUnsafeMutableBufferPointer { memory throws(Failure) in
            try unsafe body(DigitView(UnsafeMutableRawBufferPointer(memory)))
        }
    }
}
