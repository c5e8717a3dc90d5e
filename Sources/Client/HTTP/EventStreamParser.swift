/// Reads server-sent events as their bytes come (WHATWG HTML, §9.2.6).
struct EventStreamParser {
    struct Event: Equatable, Sendable {
        /// `message` when the server gave no name.
        let name: String
        let data: String
        /// The last identifier the server gave, with this event or before.
        let id: String?
    }

    /// A line or an event that is longer is no event of ours.
    struct TooLong: Error, Equatable {}

    static let longest = 8 << 20

    private var line: [UInt8] = []
    private var isAfterReturn = false
    private var isFirstLine = true
    private var name = ""
    private var data: [UInt8] = []
    private var hasData = false
    private var id: String?

    /// - Returns: the events that these bytes completed.
    /// - Throws: ``TooLong``.
    mutating func take(_ bytes: some Sequence<UInt8>) throws(TooLong) -> [Event] {
        var events: [Event] = []
        for byte in bytes {
            let wasAfterReturn = self.isAfterReturn
            self.isAfterReturn = byte == UInt8(ascii: "\r")
            if byte == UInt8(ascii: "\n"), wasAfterReturn { continue }
            guard byte == UInt8(ascii: "\n") || self.isAfterReturn else {
                self.line.append(byte)
                guard self.line.count <= Self.longest else { throw TooLong() }
                continue
            }
            if let event = self.endLine() { events.append(event) }
            guard self.data.count <= Self.longest else { throw TooLong() }
        }
        return events
    }

    private mutating func endLine() -> Event? {
        defer {
            self.line.removeAll(keepingCapacity: true)
            self.isFirstLine = false
        }
        if self.isFirstLine, self.line.starts(with: [0xEF, 0xBB, 0xBF]) { self.line.removeFirst(3) }
        guard !self.line.isEmpty else { return self.dispatch() }
        let colon = self.line.firstIndex(of: UInt8(ascii: ":"))
        let field = String(decoding: self.line[..<(colon ?? self.line.endIndex)], as: UTF8.self)
        var value = colon.map { self.line[($0 + 1)...] } ?? []
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        switch field {
        case "event":
            self.name = String(decoding: value, as: UTF8.self)
        case "data":
            if self.hasData { self.data.append(UInt8(ascii: "\n")) }
            self.data += value
            self.hasData = true
        case "id":
            if !value.contains(0) { self.id = String(decoding: value, as: UTF8.self) }
        default:
            // A comment, which keeps the connection awake, or a field we do not use.
            break
        }
        return nil
    }

    private mutating func dispatch() -> Event? {
        defer {
            self.name = ""
            self.data.removeAll(keepingCapacity: true)
            self.hasData = false
        }
        guard self.hasData else { return nil }
        return Event(
            name: self.name.isEmpty ? "message" : self.name, data: String(decoding: self.data, as: UTF8.self),
            id: self.id)
    }
}
