/// New bytes told as covers of old ones: four streams, each of one kind of thing, to be compressed apart.
///
/// The byte-level layout is in `Sources/Patching/README.md`.
public struct DifferenceStreams: Equatable, Sendable {
    /// For each cover: literals before it, its length, and the change of displacement.
    public var control: [UInt8]
    /// Over the bytes in covers: how many equal the old ones, how many do not, and again.
    public var runs: [UInt8]
    /// The bytes that do not, as differences modulo 256.
    public var values: [UInt8]
    /// The bytes outside covers.
    public var literals: [UInt8]

    public init(control: [UInt8], runs: [UInt8], values: [UInt8], literals: [UInt8]) {
        self.control = control
        self.runs = runs
        self.values = values
        self.literals = literals
    }

    /// Tells `new` by `covers`, which are ascending, do not overlap, and lie within both.
    ///
    /// - Parameter toldAs: the same covers as a reader knows them, where it has fewer old bytes.
    public init(new: Span<UInt8>, old: Span<UInt8>, covers: [Cover], toldAs told: [Cover]? = nil) {
        self.init(control: Self.control(told ?? covers), runs: [], values: [], literals: [])
        let covered = covers.reduce(0) { $0 + $1.length }
        self.literals.reserveCapacity(new.count - covered)
        unsafe new.withUnsafeBufferPointer { new in
            unsafe old.withUnsafeBufferPointer { old in
                unsafe self.compare(ByteView(new), ByteView(old), covers)
            }
        }
    }

    private mutating func compare(_ new: ByteView, _ old: ByteView, _ covers: [Cover]) {
        var end = 0
        var equal = 0
        var different = 0
        for cover in covers {
            new.append(end..<cover.newStart, to: &self.literals)
            end = cover.newEnd
            var offset = 0
            while offset < cover.length {
                let same = new.commonPrefix(
                    at: cover.newStart + offset, with: old, at: cover.oldStart + offset, limit: cover.length - offset)
                if same > 0, different > 0 {
                    self.runs.append(varint: different)
                    different = 0
                }
                equal += same
                offset += same
                while offset < cover.length {
                    let value = new[cover.newStart + offset] &- old[cover.oldStart + offset]
                    if value == 0 { break }
                    if different == 0 {
                        self.runs.append(varint: equal)
                        equal = 0
                    }
                    different += 1
                    offset += 1
                    self.values.append(value)
                }
            }
        }
        if different > 0 { self.runs.append(varint: different) }
        new.append(end..<new.count, to: &self.literals)
    }

    /// The control stream of `covers` alone.
    public static func control(_ covers: [Cover]) -> [UInt8] {
        var control: [UInt8] = []
        var end = 0
        var displacement = 0
        control.append(varint: covers.count)
        for cover in covers {
            control.append(varint: cover.newStart - end)
            control.append(varint: cover.length)
            control.append(zigzag: cover.displacement - displacement)
            displacement = cover.displacement
            end = cover.newEnd
        }
        return control
    }

    /// Makes the new bytes again.
    ///
    /// - Parameter count: bytes in the result, from the group's description.
    /// - Throws: ``DeltaError`` when the streams do not fit each other, `old` or `count`; never reads outside.
    public func apply(to old: Span<UInt8>, count: Int) throws(DeltaError) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: count)
        try self.apply(to: old, into: &result)
        return result
    }

    /// Makes the new bytes again in memory that is there already, as many as `result` has.
    ///
    /// - Throws: as ``apply(to:count:)``; the result is then of no use.
    public func apply(to old: Span<UInt8>, into result: inout [UInt8]) throws(DeltaError) {
        let count = result.count
        let covers = try Self.readCovers(self.control, old: old.count, new: count)
        let covered = covers.reduce(0) { $0 + $1.length }
        guard self.literals.count == count - covered else { throw .invalid(what: "literals", offset: 0) }
        unsafe result.withUnsafeMutableBufferPointer { output in
            unsafe old.withUnsafeBufferPointer { old in
                unsafe self.literals.withUnsafeBufferPointer { literals in
                    unsafe Self.lay(covers, old: old, literals: literals, output: output)
                }
            }
        }
        try self.addValues(covers, covered: covered, to: &result)
    }

    /// Adds the values where the runs say.
    private func addValues(_ covers: [Cover], covered: Int, to result: inout [UInt8]) throws(DeltaError) {
        var value = 0
        var cover = 0
        var before = 0
        try unsafe result.withUnsafeMutableBufferPointer { output throws(DeltaError) in
            try unsafe self.values.withUnsafeBufferPointer { values throws(DeltaError) in
                try Self.forEachRun(self.runs, covered: covered, values: values.count) { start, length in
                    var start = start
                    var left = length
                    while left > 0 {
                        while start >= before + covers[cover].length {
                            before += covers[cover].length
                            cover += 1
                        }
                        let offset = start - before
                        let length = min(left, covers[cover].length - offset)
                        let target = covers[cover].newStart + offset
                        for index in 0..<length { unsafe output[target &+ index] &+= values[value &+ index] }
                        value += length
                        start += length
                        left -= length
                    }
                }
            }
        }
    }

    /// Reads the covers and checks each against both sides.
    static func readCovers(_ control: [UInt8], old: Int, new: Int) throws(DeltaError) -> [Cover] {
        var reader = BoundedReader(control)
        let count = try reader.readInt("cover count", atMost: min(control.count, PatchLimits.covers))
        var covers: [Cover] = []
        covers.reserveCapacity(count)
        var end = 0
        var displacement = 0
        for _ in 0..<count {
            let start = try end + reader.readInt("literals", atMost: new - end)
            let length = try reader.readInt("cover length", atMost: new - start)
            displacement += try reader.readSigned("displacement", magnitude: old + new)
            let position = start + displacement
            guard position >= 0, position <= old - length else {
                throw .invalid(what: "displacement", offset: reader.offset)
            }
            covers.append(Cover(newStart: start, oldStart: position, length: length))
            end = start + length
        }
        guard reader.remaining == 0 else { throw .invalid(what: "control", offset: reader.offset) }
        return covers
    }

    /// Reads the runs, which must fill no more than the covered bytes and use up the values.
    ///
    /// - Parameter body: takes where each run of different bytes begins among the covered ones, and its length.
    private static func forEachRun(
        _ runs: [UInt8], covered: Int, values: Int, _ body: (_ start: Int, _ length: Int) -> Void
    ) throws(DeltaError) {
        var reader = BoundedReader(runs)
        var position = 0
        var left = values
        while reader.remaining > 0 {
            position += try reader.readInt("equal bytes", atMost: covered - position)
            let length = try reader.readInt("different bytes", atMost: min(covered - position, left))
            guard length > 0 else { throw .invalid(what: "different bytes", offset: reader.offset) }
            body(position, length)
            position += length
            left -= length
        }
        guard left == 0 else { throw .invalid(what: "different bytes", offset: reader.offset) }
    }

    /// Fills all of `output`. Covers were checked, and literals fill what they leave.
    private static func lay(
        _ covers: [Cover], old: UnsafeBufferPointer<UInt8>, literals: UnsafeBufferPointer<UInt8>,
        output: UnsafeMutableBufferPointer<UInt8>
    ) {
        var end = 0
        var literal = 0
        func copyLiterals(_ length: Int) {
            guard length > 0 else { return }
            _ = unsafe output[end..<end + length].update(fromContentsOf: literals[literal..<literal + length])
            literal += length
        }
        for cover in covers {
            copyLiterals(cover.newStart - end)
            if cover.length > 0 {
                _ = unsafe output[cover.newStart..<cover.newEnd].update(
                    fromContentsOf: old[cover.oldStart..<cover.oldEnd])
            }
            end = cover.newEnd
        }
        copyLiterals(literals.count - literal)
    }
}
