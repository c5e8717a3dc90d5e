import CLibZstd

extension ZstdDecompressor {
    /// Begins a stream of frames that is fed piece by piece; an earlier stream is forgotten.
    ///
    /// Do not mix with the calls that take whole frames before the stream is finished.
    ///
    /// - Parameter limit: the most bytes the stream may decompress to.
    public mutating func beginStream(limit: Int64) throws(ZstdError) {
        try self.startOver()
        self.stream.limit = limit
    }

    /// Decompresses the next piece of the stream.
    ///
    /// - Parameters:
    ///   - piece: any number of bytes, none included. Frames may begin and end anywhere in it.
    ///   - sink: gets the bytes in runs of at most 128 KiB, before the next run is made. Its error ends the call;
    ///     begin anew then.
    /// - Throws: ``ZstdError/tooLarge(limit:)``, ``ZstdError/windowTooLarge``, ``ZstdError/corrupt(reason:)``, or what
    ///   `sink` throws.
    public mutating func decompress(_ piece: Span<UInt8>, into sink: (Span<UInt8>) throws -> Void) throws {
        let context = unsafe self.context
        var stream = self.stream
        defer { self.stream = stream }
        try unsafe piece.withUnsafeBufferPointer { piece in
            var input = unsafe ZSTD_inBuffer(src: piece.baseAddress, size: piece.count, pos: 0)
            var isFull = false
            // Ends because zstd fails when a turn neither takes input nor gives output, and output is limited.
            while unsafe input.pos < input.size || isFull {
                var target = unsafe ZSTD_outBuffer(dst: self.output.memory.baseAddress, size: self.output.count, pos: 0)
                let hint = try checked(unsafe ZSTD_decompressStream(context, &target, &input))
                stream.isInsideFrame = hint != 0
                let written = unsafe target.pos
                stream.given += Int64(written)
                guard stream.given <= stream.limit else { throw ZstdError.tooLarge(limit: stream.limit) }
                if written > 0 { try sink(unsafe UnsafeBufferPointer(rebasing: self.output.memory[..<written]).span) }
                // A full buffer may hide more output; at the end of a frame there is none.
                isFull = hint != 0 && written == self.output.count
            }
        }
    }

    /// Ends the stream.
    ///
    /// - Returns: bytes it decompressed to.
    /// - Throws: ``ZstdError/truncated`` when it ended inside a frame.
    public mutating func finishStream() throws(ZstdError) -> Int64 {
        guard !self.stream.isInsideFrame else { throw .truncated }
        return self.stream.given
    }
}
