import Logging

/// The metadata of one log line, flattened.
///
/// Nested dictionaries become dotted keys (`["job": ["id": "7"]]` is `job.id`); arrays stay arrays.
struct LogFields {
    let sorted: [(key: String, value: Value)]

    /// What a value is once it is written.
    indirect enum Value: Equatable {
        case text(String)
        /// A number or truth value, written as it is.
        case bare(String)
        case list([Value])
    }

    /// - Parameters:
    ///   - layers: later ones win.
    init(_ layers: [Logger.Metadata?]) {
        var fields: [String: Value] = [:]
        for layer in layers {
            for (key, value) in layer ?? [:] { Self.flatten(value, key, into: &fields) }
        }
        self.sorted = fields.sorted { $0.key < $1.key }
    }

    private static func flatten(_ value: Logger.MetadataValue, _ key: String, into fields: inout [String: Value]) {
        guard case .dictionary(let members) = value, !members.isEmpty else {
            fields[key] = self.value(value)
            return
        }
        for (name, member) in members { self.flatten(member, "\(key).\(name)", into: &fields) }
    }

    private static func value(_ value: Logger.MetadataValue) -> Value {
        switch value {
        case .string(let text): .text(text)
        case .array(let values): .list(values.map { self.value($0) })
        case .dictionary(let members): .text(members.isEmpty ? "" : "\(members)")
        case .stringConvertible(let value):
            switch value {
            case is Int, is Int64, is Int32, is UInt, is UInt64, is UInt32, is UInt16, is UInt8, is Bool:
                .bare("\(value)")
            case let number as Double where number.isFinite: .bare("\(number)")
            default: .text("\(value)")
            }
        }
    }
}
