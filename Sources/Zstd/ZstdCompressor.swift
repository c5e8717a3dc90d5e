import CLibZstd

/// Compresses with libzstd (RFC 8878).
///
/// Owns one context, which is reused from call to call and freed on scope exit; the result of a call does not
/// depend on the calls before it.
@safe public struct ZstdCompressor: ~Copyable {
    let context: OpaquePointer
    let output: ZstdBuffer
    public let settings: ZstdSettings

    /// - Throws: ``ZstdError/invalidSettings(reason:)`` or ``ZstdError/outOfMemory``.
    public init(_ settings: ZstdSettings) throws(ZstdError) {
        unsafe self.context = try settings.makeContext()
        self.output = ZstdBuffer(count: ZSTD_CStreamOutSize())
        self.settings = settings
    }

    deinit { unsafe ZSTD_freeCCtx(self.context) }

    /// Compresses all of `input` into one frame that states its size.
    ///
    /// Needs memory for the result at its largest, a little more than `input`.
    ///
    /// - Throws: ``ZstdError/outOfMemory``.
    public mutating func compress(_ input: Span<UInt8>) throws(ZstdError) -> [UInt8] {
        try self.startOver()
        return try self.frame(of: input)
    }

    /// Compresses all of `input` into one frame that only a reader with the same `prefix` can read.
    ///
    /// The `zstd --patch-from` of the command line. Worth it with ``ZstdSettings/patch(level:prefix:size:threading:)``;
    /// prefix and input together may not exceed 2 GiB, the largest window.
    ///
    /// - Throws: ``ZstdError/outOfMemory``, or ``ZstdError/invalidSettings(reason:)`` when the two are too long.
    public mutating func compress(_ input: Span<UInt8>, prefix: Span<UInt8>) throws(ZstdError) -> [UInt8] {
        guard prefix.count + input.count <= 1 << ZstdSettings.windowLogs.upperBound else {
            throw .invalidSettings(reason: "prefix and input exceed the largest window")
        }
        try self.startOver()
        let context = unsafe self.context
        // zstd keeps the pointer until the frame ends, so the frame is made inside the closure that lends it.
        return try unsafe prefix.withUnsafeBufferPointer { prefix throws(ZstdError) in
            _ = try checked(unsafe ZSTD_CCtx_refPrefix(context, prefix.baseAddress, prefix.count))
            return try self.frame(of: input)
        }
    }

    func startOver() throws(ZstdError) {
        _ = try checked(unsafe ZSTD_CCtx_reset(self.context, ZSTD_reset_session_only))
    }

    private func frame(of input: Span<UInt8>) throws(ZstdError) -> [UInt8] {
        let context = unsafe self.context
        let bound = try checked(ZSTD_compressBound(input.count))
        let frame = try [UInt8](capacity: bound) { output throws(ZstdError) in
            try unsafe output.withUnsafeMutableBufferPointer { target, written throws(ZstdError) in
                try unsafe input.withUnsafeBufferPointer { input throws(ZstdError) in
                    written = try checked(
                        unsafe ZSTD_compress2(
                            context, target.baseAddress, target.count, input.baseAddress, input.count))
                }
            }
        }
        // Half empty is worth a copy that gives the rest back.
        guard frame.count < bound / 2 else { return frame }
        return frame.withExactCapacity()
    }
}

// The context has one owner and no tie to a thread, so it may move to another one with its owner.
extension ZstdCompressor: @unchecked Sendable {}

extension ZstdSettings {
    /// A context with these settings, owned by the caller.
    fileprivate func makeContext() throws(ZstdError) -> OpaquePointer {
        guard let context = unsafe ZSTD_createCCtx() else { throw .outOfMemory }
        do throws(ZstdError) {
            for (parameter, value) in try self.parameters() {
                guard let value = Int32(exactly: value) else {
                    throw .invalidSettings(reason: "\(value) is out of bound")
                }
                _ = try checked(unsafe ZSTD_CCtx_setParameter(context, parameter, value))
            }
        } catch {
            unsafe ZSTD_freeCCtx(context)
            throw error
        }
        return unsafe context
    }

    private func parameters() throws(ZstdError) -> [(ZSTD_cParameter, Int)] {
        // zstd clamps a level it does not know; we refuse it, so that settings mean what they say.
        guard (Int(ZSTD_minCLevel())...Int(ZSTD_maxCLevel())).contains(self.level) else {
            throw .invalidSettings(reason: "level \(self.level)")
        }
        var parameters = [(ZSTD_c_compressionLevel, self.level)]
        if let windowLog = self.windowLog { parameters.append((ZSTD_c_windowLog, windowLog)) }
        if self.longDistanceMatching { parameters.append((ZSTD_c_enableLongDistanceMatching, 1)) }
        switch self.threading {
        case .caller: break
        case .workers(let count):
            guard count >= 1 else { throw .invalidSettings(reason: "no workers") }
            parameters.append((ZSTD_c_nbWorkers, count))
        }
        return parameters
    }
}

extension [UInt8] {
    fileprivate func withExactCapacity() -> [UInt8] {
        var copy: [UInt8] = []
        copy.reserveCapacity(self.count)
        copy.append(contentsOf: self)
        return copy
    }
}
