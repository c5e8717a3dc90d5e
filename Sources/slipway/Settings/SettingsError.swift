/// The configuration does not let the program start.
enum SettingsError: Error, CustomStringConvertible {
    case missing(String)
    case invalid(String, String)

    var description: String {
        switch self {
        case .missing(let variable): "set \(variable); `slipway doctor --help` lists what can be configured"
        case .invalid(let variable, let reason): "\(variable): \(reason)"
        }
    }
}
