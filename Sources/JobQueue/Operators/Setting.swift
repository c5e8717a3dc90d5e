/// What an operator does to one setting.
public enum Setting<Value: Sendable>: Sendable {
    case keep
    /// Says nothing any more: the wider setting holds, or there is no limit.
    case unset
    case set(Value)

    public func applied(to old: Value?) -> Value? {
        switch self {
        case .keep: old
        case .unset: nil
        case .set(let value): value
        }
    }
}

extension Setting: Equatable where Value: Equatable {}
