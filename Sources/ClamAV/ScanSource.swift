/// The file to be scanned.
public enum ScanSource: Hashable, Sendable {
    /// A path to a regular file; a symbolic link at its end is refused.
    case path(String)

    /// An open, readable descriptor of a regular file, which stays the caller's and must stay open meanwhile.
    ///
    /// Its position is neither used nor moved. The name is for people only.
    case descriptor(Int32, name: String)

    /// For people: what to call the file in messages.
    public var name: String {
        switch self {
        case .path(let path): path
        case .descriptor(_, let name): name
        }
    }
}
