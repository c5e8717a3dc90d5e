/// What a server says of a request it refused (RFC 9457).
public struct Problem: Decodable, Equatable, Sendable {
    /// One value of the request that is wrong.
    public struct Detail: Decodable, Equatable, Sendable {
        public let pointer: String?
        public let code: String?
        public let message: String?
    }

    public internal(set) var status: Int
    /// Stable, for programs; `http-NNN` when the answer was no problem document.
    public let code: String
    public let title: String
    public let detail: String?
    /// What to do, when the service knows.
    public let hint: String?
    public let requestID: String?
    public let errors: [Detail]

    public init(status: Int, code: String, title: String, detail: String? = nil, hint: String? = nil) {
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.hint = hint
        self.requestID = nil
        self.errors = []
    }

    private enum CodingKeys: String, CodingKey {
        case status, code, title, detail, hint, errors
        case requestID = "request_id"
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.status = try values.decodeIfPresent(Int.self, forKey: .status) ?? 0
        self.code = try values.decode(String.self, forKey: .code)
        self.title = try values.decodeIfPresent(String.self, forKey: .title) ?? self.code
        self.detail = try values.decodeIfPresent(String.self, forKey: .detail)
        self.hint = try values.decodeIfPresent(String.self, forKey: .hint)
        self.requestID = try values.decodeIfPresent(String.self, forKey: .requestID)
        self.errors = try values.decodeIfPresent([Detail].self, forKey: .errors) ?? []
    }
}

extension Problem: CustomStringConvertible {
    /// The title, the detail, and each wrong value on a line of its own.
    public var description: String {
        var text = "\(self.title) (\(self.code))"
        if let detail = self.detail, detail != self.title { text += ": \(detail)" }
        for error in self.errors {
            text += "\n  \(error.pointer ?? "") \(error.message ?? error.code ?? "")"
        }
        return text
    }
}
