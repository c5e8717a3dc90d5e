public import Logging

/// Writes one JSON object a line, for machines.
///
/// Keys in order: `timestamp`, `level`, `logger`, `source`, `message`, `error` when there is one, then the metadata by
/// name, flattened to dotted keys. A metadata key equal to one of those before gets the prefix `metadata.`.
public struct JSONLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let output: LogOutput
    private let clock: @Sendable () -> Timestamp

    public init(
        label: String, level: Logger.Level, metadataProvider: Logger.MetadataProvider? = nil,
        output: LogOutput = .standardError, clock: @escaping @Sendable () -> Timestamp = { Timestamp.now() }
    ) {
        self.label = label
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
        var members = [
            ("timestamp", JSONText.string(self.clock().description)),
            ("level", JSONText.string(event.level.rawValue)),
            ("logger", JSONText.string(self.label)),
            ("source", JSONText.string(event.source)),
            ("message", JSONText.string(event.message.description)),
        ]
        if let error = event.error { members.append(("error", JSONText.string("\(error)"))) }
        let reserved = Set(members.map(\.0))
        for (key, value) in LogFields([self.metadata, self.metadataProvider?.get(), event.metadata]).sorted {
            members.append((reserved.contains(key) ? "metadata.\(key)" : key, JSONText.value(value)))
        }
        self.output("{" + members.map { "\(JSONText.string($0)):\($1)" }.joined(separator: ",") + "}")
    }
}
