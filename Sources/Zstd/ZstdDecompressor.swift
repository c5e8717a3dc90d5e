import CLibZstd

/// Decompresses what zstd wrote (RFC 8878), from sources that may be hostile.
///
/// Nothing a frame claims is believed: sizes come from the caller, the window is bounded by `windowLogMax`, and
/// memory stays below the sum of both. Owns one context, reused from call to call and freed on scope exit.
@safe public struct ZstdDecompressor: ~Copyable {
    let context: OpaquePointer
    let output: ZstdBuffer
    var stream = ZstdStreamState()

    /// - Parameter windowLogMax: the largest window a stream may ask for, as a binary logarithm, 10 to 31. zstd's own
    ///   default is 27, that is 128 MiB. Binds streams only: a frame read in one call needs no window of its own.
    /// - Throws: ``ZstdError/invalidSettings(reason:)`` or ``ZstdError/outOfMemory``.
    public init(windowLogMax: Int) throws(ZstdError) {
        guard ZstdSettings.windowLogs.contains(windowLogMax) else {
            throw .invalidSettings(reason: "window log \(windowLogMax)")
        }
        guard let context = unsafe ZSTD_createDCtx() else { throw .outOfMemory }
        // Cannot fail: the value is in bounds and the context is new.
        unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Int32(windowLogMax))
        unsafe self.context = context
        self.output = ZstdBuffer(count: ZSTD_DStreamOutSize())
    }

    deinit { unsafe ZSTD_freeDCtx(self.context) }

    /// The most bytes one call gives: 4 GiB, so that no size anyone sends exhausts the address space.
    public static let largestResult = 1 << 32

    /// Decompresses whole frames; skippable ones are skipped.
    ///
    /// - Parameters:
    ///   - frame: one or more complete frames and nothing else.
    ///   - size: bytes in the result, as the caller knows from a trusted source; so much memory is taken.
    /// - Returns: exactly `size` bytes.
    /// - Throws: ``ZstdError/wrongSize(expected:got:)``, ``ZstdError/corrupt(reason:)``, ``ZstdError/truncated``, or
    ///   ``ZstdError/tooLarge(limit:)`` for a `size` above ``largestResult``.
    public mutating func decompress(_ frame: Span<UInt8>, size: Int) throws(ZstdError) -> [UInt8] {
        try self.startOver()
        return try self.bytes(of: frame, size: size)
    }

    /// Decompresses one frame that was compressed with a prefix.
    ///
    /// - Parameter prefix: the very bytes the compressor had. Others give ``ZstdError/corrupt(reason:)`` or wrong
    ///   bytes, so compare digests.
    /// - Returns: exactly `size` bytes.
    /// - Throws: as ``decompress(_:size:)``.
    public mutating func decompress(
        _ frame: Span<UInt8>, prefix: Span<UInt8>, size: Int
    ) throws(ZstdError) -> [UInt8] {
        try self.startOver()
        let context = unsafe self.context
        // zstd keeps the pointer until the frame ends, so the frame is read inside the closure that lends it.
        return try unsafe prefix.withUnsafeBufferPointer { prefix throws(ZstdError) in
            _ = try checked(unsafe ZSTD_DCtx_refPrefix(context, prefix.baseAddress, prefix.count))
            return try self.bytes(of: frame, size: size)
        }
    }

    mutating func startOver() throws(ZstdError) {
        // Also forgets a prefix that a failed call left behind.
        _ = try checked(unsafe ZSTD_DCtx_reset(self.context, ZSTD_reset_session_only))
        self.stream = ZstdStreamState()
    }

    private func bytes(of frame: Span<UInt8>, size: Int) throws(ZstdError) -> [UInt8] {
        precondition(size >= 0, "a size is not negative")
        guard size <= Self.largestResult else { throw .tooLarge(limit: Int64(Self.largestResult)) }
        let context = unsafe self.context
        return try unsafe frame.withUnsafeBufferPointer { frame throws(ZstdError) in
            // The most these frames can hold, from their headers: refuses before any memory is taken.
            let bound = unsafe ZSTD_decompressBound(frame.baseAddress, frame.count)
            guard bound != UInt64.max - 1 else { throw .truncated }
            guard bound >= UInt64(size) else { throw .wrongSize(expected: size, got: Int(clamping: bound)) }
            let output = try [UInt8](capacity: size) { output throws(ZstdError) in
                try unsafe output.withUnsafeMutableBufferPointer { target, written throws(ZstdError) in
                    let result = unsafe ZSTD_decompressDCtx(
                        context, target.baseAddress, target.count, frame.baseAddress, frame.count)
                    guard ZSTD_getErrorCode(result) != ZSTD_error_dstSize_tooSmall else {
                        throw .wrongSize(expected: size, got: nil)
                    }
                    written = try checked(result)
                }
            }
            guard output.count == size else { throw .wrongSize(expected: size, got: output.count) }
            return output
        }
    }
}

// The context has one owner and no tie to a thread, so it may move to another one with its owner.
extension ZstdDecompressor: @unchecked Sendable {}
