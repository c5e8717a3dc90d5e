import Delta
import Zstd

/// Literals as a payload stores them: a byte that tells how, and the bytes.
struct StoredLiterals: Sendable {
    enum Form: UInt8 {
        /// As they are.
        case plain = 0
        /// One zstd frame.
        case zstd = 1
        /// See ``CodedLiterals``.
        case coded = 2
    }

    let form: Form
    let body: [UInt8]

    /// Bytes in a payload.
    var count: Int { 1 + self.body.count }

    /// Stores literals in the form that is the smallest, or zstd's where coding saves little.
    ///
    /// - Parameters:
    ///   - level: of zstd.
    ///   - isHasty: whether to leave out the form that takes as long again to find as zstd's.
    init(_ literals: [UInt8], level: Int, isHasty: Bool) throws(ZstdError) {
        if !isHasty, let coded = try Self.coded(literals, level: level) {
            self.form = .coded
            self.body = coded
        } else {
            // New content repeats itself from afar, which a quick compressor does not see by itself.
            let frame = try Self.frame(literals, level: level, looksFar: isHasty)
            let isSmaller = frame.count < literals.count
            self.form = isSmaller ? .zstd : .plain
            self.body = isSmaller ? frame : literals
        }
    }

    /// Reads what ``append(to:)`` wrote.
    ///
    /// - Parameter count: of the literals.
    static func read(_ stored: ArraySlice<UInt8>, count: Int) throws -> [UInt8] {
        guard let form = stored.first.flatMap(Form.init(rawValue:)) else {
            throw PatchError.unreadable(.invalid(what: "form of literals", offset: stored.startIndex))
        }
        let body = stored.dropFirst()
        switch form {
        case .plain:
            guard body.count == count else {
                throw PatchError.unreadable(.invalid(what: "literals", offset: body.startIndex))
            }
            return Array(body)
        case .zstd:
            var decompressor = try ZstdDecompressor(windowLogMax: 27)
            return try decompressor.decompress(body.span, size: count)
        case .coded: return try CodedLiterals.decode(body.span, count: count)
        }
    }

    func append(to payload: inout [UInt8]) {
        payload.append(self.form.rawValue)
        payload.append(contentsOf: self.body)
    }

    /// What is looked at to choose a form: some pieces of the literals.
    private static let pieces = 4
    private static let piece = 32 << 10
    /// Coding is slower to undo, so it must save this part of what zstd makes.
    private static let leastSaved = 64

    /// The literals coded, if that saves enough over zstd; judged by samples of many, for both take long.
    private static func coded(_ literals: [UInt8], level: Int) throws(ZstdError) -> [UInt8]? {
        let isSampled = literals.count > 2 * Self.pieces * Self.piece
        var sample = isSampled ? [] : literals
        if isSampled {
            for number in 0..<Self.pieces {
                let start = (literals.count - Self.piece) / (Self.pieces - 1) * number
                sample.append(contentsOf: literals[start..<start + Self.piece])
            }
        }
        let frame = try self.frame(sample, level: level).count
        // What zstd leaves as it is, coding would leave too, and take its time.
        guard frame < sample.count - sample.count / Self.leastSaved else { return nil }
        let coded = CodedLiterals.encode(sample)
        guard coded.count <= frame - frame / Self.leastSaved else { return nil }
        return isSampled ? CodedLiterals.encode(literals) : coded
    }

    private static func frame(
        _ literals: [UInt8], level: Int, looksFar: Bool = false
    ) throws(ZstdError) -> [UInt8] {
        var settings = GroupCodec.settings(level: level, size: literals.count)
        settings.longDistanceMatching = looksFar
        var compressor = try ZstdCompressor(settings)
        return try compressor.compress(literals.span)
    }
}
