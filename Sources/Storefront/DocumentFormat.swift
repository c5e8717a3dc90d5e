/// What a company's document may be; the raw values are media types.
public enum DocumentFormat: String, CaseIterable, Hashable, Sendable {
    case pdf = "application/pdf"
    case png = "image/png"
    case jpeg = "image/jpeg"

    /// What a file of the format begins with: the name says nothing.
    public var signature: [UInt8] {
        switch self {
        case .pdf: Array("%PDF-".utf8)
        case .png: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
        case .jpeg: [0xff, 0xd8, 0xff]
        }
    }

    public func matches(_ bytes: [UInt8]) -> Bool { bytes.starts(with: self.signature) }
}
