public import Logging

/// Writes a short line, for people at a terminal.
///
/// As in `12:34:56.789012 warning build quarantined  build.id=42 scan.signature="Eicar Test"`: the time in UTC, the
/// level, the message and the metadata by name. Control characters are escaped, so that what is logged cannot forge a
/// line or steer the terminal.
public struct PlainLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?

    private let output: LogOutput
    private let clock: @Sendable () -> Timestamp

    public init(
        level: Logger.Level, metadataProvider: Logger.MetadataProvider? = nil, output: LogOutput = .standardError,
        clock: @escaping @Sendable () -> Timestamp = { Timestamp.now() }
    ) {
        self.logLevel = level
        self.metadataProvider = metadataProvider
        self.output = output
        self.clock = clock
    }

    public subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        let fields = LogFields([self.metadata, self.metadataProvider?.get(), event.metadata]).sorted
            .map { "\(Self.word($0.key))=\(Self.text($0.value))" }
        let error = event.error.map { ["error=\(Self.word("\($0)"))"] } ?? []
        let line = "\(self.clock().timeOfDay) \(event.level.rawValue) \(Self.printable(event.message.description))"
        self.output(([line] + (error + fields).map { " \($0)" }).joined(separator: ""))
    }

    private static func text(_ value: LogFields.Value) -> String {
        switch value {
        case .text(let text): self.word(text)
        case .bare(let text): text
        case .list(let values): "[" + values.map { self.text($0) }.joined(separator: ",") + "]"
        }
    }

    /// The text, in quotes unless it is one plain word.
    private static func word(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            scalar.value > 0x20 && scalar.value < 0x7F && !"\"\\=[],".unicodeScalars.contains(scalar)
        }
        return isPlain && !text.isEmpty ? text : JSONText.string(text)
    }

    private static func printable(_ text: String) -> String {
        String(JSONText.string(text).dropFirst().dropLast()).split(separator: "\\\"", omittingEmptySubsequences: false)
            .joined(separator: "\"")
    }
}
