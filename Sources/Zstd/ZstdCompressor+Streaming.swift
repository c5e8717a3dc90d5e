import CLibZstd

extension ZstdCompressor {
    /// Whether more of the frame is to come.
    public enum Progress: Hashable, Sendable {
        case more
        case end
    }

    /// Begins a frame that is fed piece by piece; whatever was not ended before is forgotten.
    ///
    /// Do not mix with the calls that take a whole input between this and the ending piece.
    public mutating func beginFrame() throws(ZstdError) { try self.startOver() }

    /// Compresses the next piece of a frame.
    ///
    /// How the input was cut into pieces does not change the bytes of the frame, except with `.caller` threading
    /// when the only piece is the ending one: then zstd knows the size beforehand and may do better.
    ///
    /// - Parameters:
    ///   - piece: any number of bytes, none included.
    ///   - progress: `.end` ends the frame; the next piece begins another one.
    ///   - sink: gets the compressed bytes in runs of at most 128 KiB. Its error ends the call; begin anew then.
    /// - Throws: ``ZstdError``, or what `sink` throws.
    public mutating func compress(
        _ piece: Span<UInt8>, _ progress: Progress, into sink: (Span<UInt8>) throws -> Void
    ) throws {
        let context = unsafe self.context
        let operation = progress == .end ? ZSTD_e_end : ZSTD_e_continue
        try unsafe piece.withUnsafeBufferPointer { piece in
            var input = unsafe ZSTD_inBuffer(src: piece.baseAddress, size: piece.count, pos: 0)
            // Ends because each turn takes input or gives output, and both are finite.
            while true {
                var target = unsafe ZSTD_outBuffer(dst: self.output.memory.baseAddress, size: self.output.count, pos: 0)
                let left = try checked(unsafe ZSTD_compressStream2(context, &target, &input, operation))
                if unsafe target.pos > 0 {
                    try sink(unsafe UnsafeBufferPointer(rebasing: self.output.memory[..<target.pos]).span)
                }
                let isDone = unsafe progress == .end ? left == 0 : input.pos == input.size
                if isDone { return }
            }
        }
    }

    /// Compresses the next piece of a frame and appends what comes out, at most a little more than has gone in.
    ///
    /// - Throws: ``ZstdError/outOfMemory``.
    public mutating func compress(
        _ piece: Span<UInt8>, _ progress: Progress, appendingTo output: inout [UInt8]
    ) throws(ZstdError) {
        do {
            try self.compress(piece, progress) { bytes in
                unsafe bytes.withUnsafeBufferPointer { bytes in unsafe output.append(contentsOf: bytes) }
            }
        } catch let error as ZstdError {
            throw error
        } catch {
            preconditionFailure("a sink that does not throw threw \(error)")
        }
    }
}
