/// A difference as one run of bytes made by an adaptive model, and the literals beside it.
///
/// The layout and the model are described in `Sources/Patching/README.md`; a change of either needs a new method.
public struct ModelledDifference: Equatable, Sendable {
    /// Covers and differences, as digits by their odds.
    public let coded: [UInt8]
    /// The bytes outside covers.
    public let literals: [UInt8]

    public init(coded: [UInt8], literals: [UInt8]) {
        self.coded = coded
        self.literals = literals
    }

    /// Tells `new` by `covers`, which are ascending, do not overlap, lie within both, and are no more than
    /// ``PatchLimits/covers``.
    ///
    /// - Parameter references: which machine code to look for.
    public init(
        new: [UInt8], old: Span<UInt8>, covers: [Cover], origins: PatchOrigins, references: ReferenceKind
    ) {
        var literals: [UInt8] = []
        var end = 0
        for cover in covers {
            literals.append(contentsOf: new[end..<cover.newStart])
            end = cover.newEnd
        }
        literals.append(contentsOf: new[end...])
        self.literals = literals
        // The model writes what it codes, which changes nothing here.
        var copy = new
        self.coded = unsafe old.withUnsafeBufferPointer { old in
            unsafe copy.withUnsafeMutableBufferPointer { new in
                unsafe Self.encode(ByteView(old), MutableByteView(new), covers, origins, references)
            }
        }
    }

    /// Bytes that `covers` alone would take, without the literals between them: for trials on samples.
    public static func codedLength(
        new: [UInt8], old: Span<UInt8>, covers: [Cover], origins: PatchOrigins, references: ReferenceKind
    ) -> Int {
        var copy = new
        return unsafe old.withUnsafeBufferPointer { old in
            unsafe copy.withUnsafeMutableBufferPointer { new in
                unsafe Self.encode(ByteView(old), MutableByteView(new), covers, origins, references).count
            }
        }
    }

    private static func encode(
        _ old: ByteView, _ new: MutableByteView, _ covers: [Cover], _ origins: PatchOrigins, _ references: ReferenceKind
    ) -> [UInt8] {
        var words = [Int32](repeating: 0, count: ModelLayout.size)
        return unsafe words.withUnsafeMutableBufferPointer { words in
            var model = unsafe DifferenceModel(
                DigitEncoder(), references: references, old: old, new: new,
                words: WordView(words))
            do throws(DeltaError) {
                _ = try model.codeCovers(covers)
                try model.codeDifferences(covers, origins: origins)
            } catch {
                preconditionFailure("covers out of bounds")
            }
            return [references.rawValue] + model.models.coder.finish()
        }
    }

    /// Makes the new bytes again.
    ///
    /// - Parameter count: bytes in the result, from the group's description.
    /// - Throws: ``DeltaError`` when `coded` does not fit `old`, `count` or the literals; never reads outside.
    public func apply(to old: Span<UInt8>, count: Int, origins: PatchOrigins) throws(DeltaError) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: count)
        var words: [Int32] = []
        try self.apply(to: old, into: &result, origins: origins, words: &words)
        return result
    }

    /// Makes the new bytes again in memory that is there already.
    ///
    /// - Parameters:
    ///   - result: has as many bytes as the group's description says; overwritten.
    ///   - words: memory of the model, made by the first call and used again by the next.
    /// - Throws: as ``apply(to:count:origins:)``; the result is then of no use.
    public func apply(
        to old: Span<UInt8>, into result: inout [UInt8], origins: PatchOrigins, words: inout [Int32]
    ) throws(DeltaError) {
        guard let references = self.coded.first.flatMap(ReferenceKind.init(rawValue:)) else {
            throw .invalid(what: "model", offset: 0)
        }
        if words.count != ModelLayout.size { words = [Int32](repeating: 0, count: ModelLayout.size) }
        try unsafe words.withUnsafeMutableBufferPointer { words throws(DeltaError) in
            try unsafe result.withUnsafeMutableBufferPointer { new throws(DeltaError) in
                try unsafe self.coded.withUnsafeBufferPointer { coded throws(DeltaError) in
                    try unsafe old.withUnsafeBufferPointer { old throws(DeltaError) in
                        var model = unsafe DifferenceModel(
                            DigitDecoder(ByteView(UnsafeBufferPointer(rebasing: coded[1...]))),
                            references: references, old: ByteView(old), new: MutableByteView(new),
                            words: WordView(words))
                        let covers = try model.codeCovers([])
                        try unsafe self.layLiterals(covers, MutableByteView(new))
                        try model.codeDifferences(covers, origins: origins)
                    }
                }
            }
        }
    }

    private func layLiterals(_ covers: [Cover], _ new: MutableByteView) throws(DeltaError) {
        let covered = covers.reduce(0) { $0 + $1.length }
        guard self.literals.count == new.count - covered else { throw .invalid(what: "literals", offset: 0) }
        unsafe self.literals.withUnsafeBufferPointer { buffer in
            let literals = unsafe ByteView(buffer)
            var taken = 0
            var end = 0
            for cover in covers {
                new.copy(cover.newStart - end, from: literals, at: taken, to: end)
                taken += cover.newStart - end
                end = cover.newEnd
            }
            new.copy(new.count - end, from: literals, at: taken, to: end)
        }
    }
}
