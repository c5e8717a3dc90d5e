import NIOCore

/// One request of ours.
struct HTTPRequest: Sendable {
    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    let method: Method
    var address: WebAddress
    var headers: [(name: String, value: String)]
    var body: [UInt8]?
    /// Whether the service may see who asks; false where the address itself says so.
    let showsCredentials: Bool
    /// The most bytes an answer may have.
    let answerLimit: Int
    /// How long the server may take until it begins to answer; bodies have the watchdog besides.
    let patience: Duration

    init(
        _ method: Method, _ address: WebAddress, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil,
        showsCredentials: Bool = true, answerLimit: Int = 16 << 20, patience: Duration = .seconds(60)
    ) {
        self.method = method
        self.address = address
        self.headers = headers
        self.body = body
        self.showsCredentials = showsCredentials
        self.answerLimit = answerLimit
        self.patience = patience
    }
}

/// What a server answered.
struct HTTPAnswer: Sendable {
    let status: Int
    let headers: [(name: String, value: String)]
    let body: [UInt8]
    /// Where the answer came from, after redirects.
    let address: WebAddress

    /// - Parameter name: lower case.
    func header(_ name: String) -> String? { self.headers.first { $0.name.lowercased() == name }?.value }

    /// The answer as a problem, whatever it holds.
    var problem: Problem { Problem(status: self.status, contentType: self.header("content-type"), body: self.body) }
}

/// A connection that could not be made, broke, or went silent.
///
/// The same request may succeed later.
struct ConnectionFault: Error, Equatable {
    let url: String
    let reason: String
}

/// The bytes of a request, handed over in slices, each reported once the connection took it.
struct BodySlices: AsyncSequence, Sendable {
    static let sliceSize = 128 << 10

    let bytes: [UInt8]
    /// Told the bytes that were taken, and whether they were the last.
    let onTaken: @Sendable (Int, _ isLast: Bool) -> Void

    struct AsyncIterator: AsyncIteratorProtocol {
        let slices: BodySlices
        var position = 0
        var handedOut = 0

        mutating func next() async -> ByteBuffer? {
            let end = Swift.min(self.position + BodySlices.sliceSize, self.slices.bytes.count)
            // Asked for more, so what was handed out last has been taken.
            if self.handedOut > 0 || end == self.position { self.slices.onTaken(self.handedOut, end == self.position) }
            self.handedOut = end - self.position
            guard self.handedOut > 0 else { return nil }
            defer { self.position = end }
            return ByteBuffer(bytes: self.slices.bytes[self.position..<end])
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(slices: self) }
}
