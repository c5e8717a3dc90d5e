public import Content

/// How a version's bytes are to be sent, and what the store has of them already.
public struct UploadDocument: Decodable, Equatable, Sendable {
    /// A part that the store has.
    public struct Received: Decodable, Equatable, Sendable {
        public let number: Int
        public let size: Int64
        public let etag: String?
        /// Absent when the store does not keep it.
        public let digest: Digest?

        private enum CodingKeys: String, CodingKey {
            case size, etag, digest
            case number = "part_number"
        }
    }

    /// Where to put one part, without any other authorization.
    public struct PresignedPart: Decodable, Equatable, Sendable {
        public let number: Int
        public let method: String
        public let url: String
        public let headers: [String: String]
        /// Whether the address says by itself that it may be used.
        let isSigned: Bool

        /// The service's own address for a part.
        init(number: Int, throughServiceAt url: String) {
            self.number = number
            self.method = "PUT"
            self.url = url
            self.headers = [:]
            self.isSigned = false
        }

        private enum CodingKeys: String, CodingKey {
            case method, url, headers
            case number = "part_number"
        }

        public init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            self.number = try values.decode(Int.self, forKey: .number)
            self.method = try values.decodeIfPresent(String.self, forKey: .method) ?? "PUT"
            self.url = try values.decode(String.self, forKey: .url)
            self.headers = try values.decodeIfPresent([String: String].self, forKey: .headers) ?? [:]
            self.isSigned = true
        }
    }

    /// `open` while it takes parts.
    public let state: String
    public let partSize: Int64
    public let partCount: Int
    public let fileSize: Int64
    public let received: [Received]
    /// The first batch; more are asked for by number.
    public let parts: [PresignedPart]
    /// Where the service itself takes a part, with `{part_number}` in it; for stores that sign nothing.
    public let streamURLTemplate: String?

    private enum CodingKeys: String, CodingKey {
        case state, received, parts
        case partSize = "part_size"
        case partCount = "part_count"
        case fileSize = "file_size"
        case streamURLTemplate = "stream_url_template"
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.state = try values.decodeIfPresent(String.self, forKey: .state) ?? "open"
        self.streamURLTemplate = try values.decodeIfPresent(String.self, forKey: .streamURLTemplate)
        self.partSize = try values.decode(Int64.self, forKey: .partSize)
        self.partCount = try values.decode(Int.self, forKey: .partCount)
        self.fileSize = try values.decode(Int64.self, forKey: .fileSize)
        self.received = try values.decodeIfPresent([Received].self, forKey: .received) ?? []
        self.parts = try values.decodeIfPresent([PresignedPart].self, forKey: .parts) ?? []
        guard self.partSize > 0, self.fileSize >= 0,
            self.partCount == max(1, Int((self.fileSize - 1) / self.partSize + 1))
        else {
            throw DecodingError.dataCorruptedError(
                forKey: .partCount, in: values, debugDescription: "parts that do not add up to the file's size")
        }
    }

    /// The bytes of one part.
    public func range(ofPart number: Int) -> Range<Int64> {
        let start = Int64(number - 1) * self.partSize
        return start..<min(start + self.partSize, self.fileSize)
    }
}
