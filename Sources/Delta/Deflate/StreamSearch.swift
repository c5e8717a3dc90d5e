/// Looks for deflate streams among other bytes, with no more work than it may take.
///
/// A header may be chance, or there to make work: what begins behind it is only known once it was inflated. So all tries
/// draw on one allowance, and when that is spent nothing more is found.
struct StreamSearch {
    let bytes: ByteView
    private var index = 0
    /// Past the last stream.
    private var taken = 0
    private var work: Int
    /// The style of the last stream that had one.
    private var likely = 0
    private var failures = 0

    /// Steps of all tries together: bytes inflated or read, entries of tables, places looked at by a ``Deflater``. Some
    /// seconds.
    static let mostWork = 1 << 31
    /// What a try costs however soon it fails.
    private static let workOfTry = 1 << 10
    /// Streams in a row that no style makes before nothing more is looked for.
    private static let patience = 16
    /// Fewer bytes hold no stream worth looking at.
    private static let leastRest = 32

    init(_ bytes: ByteView, work: Int = Self.mostWork) {
        self.bytes = bytes
        self.work = work
    }

    /// What may be the header of a stream.
    struct Header {
        /// Its first byte.
        let index: Int
        /// Where the stream would begin.
        let start: Int
    }

    /// The next header, in the order of the bytes.
    mutating func nextHeader() -> Header? {
        guard self.failures < Self.patience else { return nil }
        while self.index + Self.leastRest < self.bytes.count, self.work > 0 {
            let index = self.index
            self.index += 1
            if let start = Self.start(in: self.bytes, behind: index), start < self.bytes.count {
                return Header(index: index, start: start)
            }
        }
        return nil
    }

    /// Where the stream behind a header at `index` begins: a zip member's (APPNOTE 4.3.7), a gzip file's (RFC 1952) or an
    /// image's (PNG 11.2.4, RFC 1950).
    @inline(__always) private static func start(in bytes: ByteView, behind index: Int) -> Int? {
        let word = bytes.word32(at: index)
        if word == 0x0403_4B50 {
            guard bytes[index + 8] == 8, bytes[index + 9] == 0 else { return nil }
            let name = Int(bytes[index + 26]) | Int(bytes[index + 27]) << 8
            let extra = Int(bytes[index + 28]) | Int(bytes[index + 29]) << 8
            return index + 30 + name + extra
        }
        if word == 0x5441_4449 {
            let header = Int(bytes[index + 4]) << 8 | Int(bytes[index + 5])
            // Deflate, no dictionary, and the check of the two bytes.
            return header & 0x0F20 == 0x0800 && header < 0x8000 && header % 31 == 0 ? index + 6 : nil
        }
        return word & 0x00FF_FFFF == 0x0008_8B1F && word >> 24 == 0 ? index + 10 : nil
    }

    /// Looks at nothing before `index`.
    mutating func skip(to index: Int) { self.index = max(self.index, index) }

    /// Where the stream ends by its header's own account, which may be wrong; nil when it says nothing.
    mutating func declaredEnd(_ header: Header) -> Int? {
        let end: Int?
        switch self.bytes[header.index] {
        case 0x50: end = header.start + Int(self.bytes.word32(at: header.index + 18))
        case 0x49: end = CarriedStream.declaredEnd(self.bytes, header: header.index, work: &self.work)
        default: end = nil
        }
        return end.flatMap { $0 > header.start ? $0 : nil }
    }

    /// The stream behind `header`; the search goes on behind it.
    ///
    /// - Parameter limit: bytes of content at most.
    /// - Returns: nil when there is none, a shorter one than is worth it, or a larger one.
    mutating func stream(_ header: Header, limit: Int) -> CarriedStream? {
        self.work -= Self.workOfTry
        guard
            let stream = CarriedStream(
                in: self.bytes, header: header.index, start: header.start, after: self.taken,
                limit: min(limit, ReopenedContent.largestStream), work: &self.work)
        else { return nil }
        self.index = stream.end
        self.taken = stream.end
        return stream
    }

    /// Place in ``DeflateStyle/all`` of the style that makes the stream again.
    ///
    /// - Returns: nil when none does.
    mutating func style(of stream: CarriedStream) -> Int? {
        let possible = DeflateStyle.all.indices.filter { DeflateStyle.all[$0].mayMake(stream.traits) }
        let likely = self.likely
        let first = possible.contains(likely) ? [likely] : []
        // What can be filtered is, for no other style leaves all short matches out.
        let filtered = possible.filter { DeflateStyle.all[$0].isFiltered && $0 != likely }
        let others = possible.filter { !DeflateStyle.all[$0].isFiltered && $0 != likely }
        for style in first + filtered + others where self.makes(DeflateStyle.all[style], stream) {
            self.failures = 0
            self.likely = style
            return style
        }
        self.failures += 1
        return nil
    }

    private mutating func makes(_ style: DeflateStyle, _ stream: CarriedStream) -> Bool {
        var made = 0
        var work = min(self.work, Deflater.mostWork(stream.content.count))
        let before = work
        var pieces = 0
        let isSame: Bool = unsafe stream.content.withUnsafeBufferPointer { buffer in
            do throws(Deflater.GaveUp) {
                try unsafe Deflater.deflate(ByteView(buffer), style, work: &work) { piece in
                    pieces += 1
                    guard made + piece.count <= stream.stream.count,
                        piece.elementsEqual(stream.stream[made..<made + piece.count])
                    else { return false }
                    made += piece.count
                    return true
                }
                return made == stream.stream.count
            } catch {
                return false
            }
        }
        self.work -= before - work + min(stream.content.count, (pieces + 1) * style.blockLength)
        return isSame
    }
}
