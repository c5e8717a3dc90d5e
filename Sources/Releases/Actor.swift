public import Content

/// Who takes a step, for records and rules.
public enum Actor: Hashable, Sendable {
    case user(UserID)
    case key(String)
    /// A service of the platform, or a moderator, by name.
    case platform(String)
    /// This program itself, at a time that was set.
    case clock

    /// `user:…`, `key:…`, `platform:…` or `system:clock`.
    public var text: String {
        switch self {
        case .user(let user): "user:\(user)"
        case .key(let key): "key:\(key)"
        case .platform(let name): "platform:\(name)"
        case .clock: "system:clock"
        }
    }

    var isKey: Bool { if case .key = self { true } else { false } }
}
