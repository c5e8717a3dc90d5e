/// What becomes of something that may be absent.
public enum Update<Value: Sendable>: Sendable {
    /// It stays as it is.
    case keep
    case set(Value)
    case clear

    /// What is there afterwards.
    public func applied(to current: Value?) -> Value? {
        switch self {
        case .keep: current
        case .set(let value): value
        case .clear: nil
        }
    }
}

extension Update: Equatable where Value: Equatable {}
