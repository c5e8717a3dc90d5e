import CLibPQ

/// Parameters laid out as libpq wants them, in memory that is reused from statement to statement.
struct ParameterBuffer {
    private var bytes: [UInt8] = []
    private var starts: [Int] = []
    private var types: [Oid] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    /// What libpq's functions take, in their order.
    @unsafe struct Arguments {
        let count: Int32
        let types: UnsafePointer<Oid>?
        let values: UnsafePointer<UnsafePointer<CChar>?>?
        let lengths: UnsafePointer<Int32>?
        let formats: UnsafePointer<Int32>?
    }

    /// - Throws: ``PostgresError/server(_:)`` with 22021, the server's own answer, for text with a NUL character:
    ///   libpq would cut it off there.
    mutating func lend<Value>(
        _ parameters: [SQLValue], to body: (Arguments) -> Value
    ) throws(PostgresError) -> Value {
        try self.fill(parameters)
        defer { self.trim() }
        return unsafe self.bytes.withUnsafeBufferPointer { bytes in
            let values = unsafe self.starts.map { start -> UnsafePointer<CChar>? in
                guard start >= 0, let base = bytes.baseAddress else { return nil }
                return unsafe UnsafeRawPointer(base + start).assumingMemoryBound(to: CChar.self)
            }
            return unsafe values.withUnsafeBufferPointer { values in
                unsafe self.types.withUnsafeBufferPointer { types in
                    unsafe self.lengths.withUnsafeBufferPointer { lengths in
                        unsafe self.formats.withUnsafeBufferPointer { formats in
                            unsafe body(
                                Arguments(
                                    count: Int32(parameters.count), types: types.baseAddress,
                                    values: values.baseAddress, lengths: lengths.baseAddress,
                                    formats: formats.baseAddress))
                        }
                    }
                }
            }
        }
    }

    /// - Throws: what ``lend(_:to:)`` would throw.
    static func check(_ parameters: [SQLValue]) throws(PostgresError) {
        guard parameters.count <= UInt16.max else {
            throw .unexpected("a statement has \(parameters.count) parameters; use an array")
        }
        for parameter in parameters {
            if case .text(let text) = parameter.content, text.utf8.contains(0) { throw .server(.nulInText) }
        }
    }

    private mutating func fill(_ parameters: [SQLValue]) throws(PostgresError) {
        try Self.check(parameters)
        self.bytes.removeAll(keepingCapacity: true)
        self.starts.removeAll(keepingCapacity: true)
        self.types.removeAll(keepingCapacity: true)
        self.lengths.removeAll(keepingCapacity: true)
        self.formats.removeAll(keepingCapacity: true)
        for parameter in parameters {
            self.types.append(parameter.oid)
            let start = self.bytes.count
            switch parameter.content {
            case .null:
                self.starts.append(-1)
                self.formats.append(0)
            case .text(let text):
                self.starts.append(start)
                self.formats.append(0)
                self.bytes.append(contentsOf: text.utf8)
            case .bytes(let content):
                self.starts.append(start)
                self.formats.append(1)
                self.bytes.append(contentsOf: content)
            }
            self.lengths.append(Int32(clamping: self.bytes.count - start))
            self.bytes.append(0)
        }
    }

    /// A large parameter must not hold its memory for the life of the connection.
    private mutating func trim() {
        if self.bytes.capacity > 256 << 10 { self.bytes = [] }
    }
}

extension ServerFault {
    static let nulInText = ServerFault(
        sqlState: .characterNotInRepertoire, message: "text cannot hold the NUL character: 0x00")
}
