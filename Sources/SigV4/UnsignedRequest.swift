/// A request as the signer sees it.
public struct UnsignedRequest: Equatable, Sendable {
    /// A name and its value, neither encoded.
    public struct Field: Hashable, Sendable {
        public let name: String
        public let value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Upper case.
    public var method: String

    /// As it will be sent, with the port when it is not the scheme's own.
    public var host: String

    /// Not encoded, beginning with a slash.
    ///
    /// Never normalised: `a/./b//c` stays what it is.
    public var path: String

    /// In any order.
    public var query: [Field]

    /// What is signed besides the host; in any order and case.
    ///
    /// A header that a proxy may change does not belong here.
    public var headers: [Field]

    public init(method: String, host: String, path: String, query: [Field], headers: [Field]) {
        self.method = method
        self.host = host
        self.path = path
        self.query = query
        self.headers = headers
    }
}
