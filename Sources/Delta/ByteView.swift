import CPrefetch

/// Borrowed bytes for the hot loops of this module: bounds are checked in debug builds only.
///
/// Never outlives the closure that lent the buffer; never leaves this module.
@safe struct ByteView {
    private let buffer: UnsafeBufferPointer<UInt8>

    init(_ buffer: UnsafeBufferPointer<UInt8>) { unsafe self.buffer = buffer }

    /// No bytes.
    init(empty: Void) { unsafe self.buffer = UnsafeBufferPointer(start: nil, count: 0) }

    var count: Int { unsafe self.buffer.count }

    @inline(__always) subscript(index: Int) -> UInt8 { unsafe self.buffer[index] }

    @unsafe @inline(__always) fileprivate func pointer(at index: Int) -> UnsafePointer<UInt8> {
        unsafe self.buffer.baseAddress.unsafelyUnwrapped + index
    }

    /// Eight bytes in memory order. `index + 8 <= count`.
    @inline(__always) func word(at index: Int) -> UInt64 {
        assert(index >= 0 && index + 8 <= self.count)
        return unsafe UnsafeRawPointer(self.buffer.baseAddress.unsafelyUnwrapped + index)
            .loadUnaligned(as: UInt64.self)
    }

    /// Two bytes as a big-endian number. `index + 2 <= count`.
    @inline(__always) func pair(at index: Int) -> UInt16 {
        assert(index >= 0 && index + 2 <= self.count)
        return unsafe UInt16(bigEndian: UnsafeRawPointer(self.pointer(at: index)).loadUnaligned(as: UInt16.self))
    }

    /// Says that the byte will be asked for soon; `index` may lie outside.
    @inline(__always) func prefetch(at index: Int) {
        unsafe cprefetch_read(UnsafeRawPointer(self.buffer.baseAddress.unsafelyUnwrapped + index))
    }

    func part(_ range: Range<Int>) -> ByteView { unsafe ByteView(UnsafeBufferPointer(rebasing: self.buffer[range])) }

    /// Appends the bytes of a range that lies within.
    func append(_ range: Range<Int>, to bytes: inout [UInt8]) {
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(rebasing: self.buffer[range]))
    }

    /// Equal bytes from `index` here and from `otherIndex` there, at most `limit`, which must fit both.
    @inline(__always) func commonPrefix(at index: Int, with other: ByteView, at otherIndex: Int, limit: Int) -> Int {
        var length = 0
        while length + 8 <= limit {
            let difference = self.word(at: index + length) ^ other.word(at: otherIndex + length)
            if difference != 0 { return length + difference.trailingZeroBitCount >> 3 }
            length += 8
        }
        while length < limit, self[index + length] == other[otherIndex + length] { length += 1 }
        return length
    }
}

/// Borrowed words that are written in place, with the same bargain as ``ByteView``.
@safe struct WordView {
    private let buffer: UnsafeMutableBufferPointer<Int32>

    init(_ buffer: UnsafeMutableBufferPointer<Int32>) { unsafe self.buffer = buffer }

    var count: Int { unsafe self.buffer.count }

    @inline(__always) subscript(index: Int) -> Int32 {
        get { unsafe self.buffer[index] }
        nonmutating set { unsafe self.buffer[index] = newValue }
    }

    @inline(__always) subscript(index: Int32) -> Int32 {
        get { unsafe self.buffer[Int(index)] }
        nonmutating set { unsafe self.buffer[Int(index)] = newValue }
    }

    /// Says that the word will be asked for soon; `index` may lie outside.
    @inline(__always) func prefetch(at index: Int) {
        unsafe cprefetch_read(UnsafeRawPointer(self.buffer.baseAddress.unsafelyUnwrapped + index))
    }

    func part(_ range: Range<Int>) -> WordView {
        unsafe WordView(UnsafeMutableBufferPointer(rebasing: self.buffer[range]))
    }

    /// The same memory as rows of odds.
    var rows: DigitView { unsafe DigitView(UnsafeMutableRawBufferPointer(self.buffer)) }

    func fill(_ range: Range<Int>, with value: Int32) {
        unsafe UnsafeMutableBufferPointer(rebasing: self.buffer[range]).update(repeating: value)
    }
}

/// Borrowed bytes that are written in place, with the same bargain as ``ByteView``.
@safe struct MutableByteView {
    private let buffer: UnsafeMutableBufferPointer<UInt8>

    init(_ buffer: UnsafeMutableBufferPointer<UInt8>) { unsafe self.buffer = buffer }

    var count: Int { unsafe self.buffer.count }

    @inline(__always) subscript(index: Int) -> UInt8 {
        get { unsafe self.buffer[index] }
        nonmutating set { unsafe self.buffer[index] = newValue }
    }

    /// Four bytes as a little-endian number. `index + 4 <= count`.
    @inline(__always) func word(at index: Int) -> UInt32 {
        assert(index >= 0 && index + 4 <= self.count)
        return unsafe UInt32(
            littleEndian: UnsafeRawPointer(self.buffer.baseAddress.unsafelyUnwrapped + index)
                .loadUnaligned(as: UInt32.self))
    }

    /// Eight bytes in memory order. `index + 8 <= count`.
    @inline(__always) func word64(at index: Int) -> UInt64 {
        assert(index >= 0 && index + 8 <= self.count)
        return unsafe UnsafeRawPointer(self.buffer.baseAddress.unsafelyUnwrapped + index)
            .loadUnaligned(as: UInt64.self)
    }

    /// Stores eight bytes in memory order. `index + 8 <= count`.
    @inline(__always) func store(_ word: UInt64, at index: Int) {
        assert(index >= 0 && index + 8 <= self.count)
        unsafe UnsafeMutableRawPointer(self.buffer.baseAddress.unsafelyUnwrapped + index)
            .storeBytes(of: word, as: UInt64.self)
    }

    /// Stores a number as four bytes, the lowest first. `index + 4 <= count`.
    @inline(__always) func store(_ number: UInt32, at index: Int) {
        assert(index >= 0 && index + 4 <= self.count)
        unsafe UnsafeMutableRawPointer(self.buffer.baseAddress.unsafelyUnwrapped + index)
            .storeBytes(of: number.littleEndian, as: UInt32.self)
    }

    /// Copies `length` bytes; both ranges must lie within.
    @inline(__always) func copy(_ length: Int, from other: ByteView, at otherIndex: Int, to index: Int) {
        assert(index >= 0 && index + length <= self.count && otherIndex >= 0 && otherIndex + length <= other.count)
        guard length > 0 else { return }
        unsafe (self.buffer.baseAddress.unsafelyUnwrapped + index)
            .update(from: other.pointer(at: otherIndex), count: length)
    }
}

extension ByteView {
    /// As ``commonPrefix(at:with:at:limit:)``.
    @inline(__always) func commonPrefix(
        at index: Int, with other: MutableByteView, at otherIndex: Int, limit: Int
    ) -> Int {
        var length = 0
        while length + 8 <= limit {
            let difference = self.word(at: index + length) ^ other.word64(at: otherIndex + length)
            if difference != 0 { return length + UInt64(littleEndian: difference).trailingZeroBitCount >> 3 }
            length += 8
        }
        while length < limit, self[index + length] == other[otherIndex + length] { length += 1 }
        return length
    }

    /// Four bytes as a little-endian number. `index + 4 <= count`.
    @inline(__always) func word32(at index: Int) -> UInt32 {
        assert(index >= 0 && index + 4 <= self.count)
        return unsafe UInt32(
            littleEndian: UnsafeRawPointer(self.pointer(at: index)).loadUnaligned(as: UInt32.self))
    }
}

extension UnsafeBufferPointer where Element: BitwiseCopyable {
    /// Says that the word will be asked for soon; `index` may lie outside.
    @inline(__always) func prefetch(at index: Int) {
        unsafe cprefetch_read(UnsafeRawPointer(self.baseAddress.unsafelyUnwrapped + index))
    }
}
