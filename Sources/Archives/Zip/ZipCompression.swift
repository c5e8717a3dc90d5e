/// How the bytes of a zip entry are compressed (APPNOTE 4.4.5).
enum ZipCompression: UInt16 {
    case stored = 0
    case deflate = 8
    case zstd = 93

    /// A name for the sender's eyes of a method we do not take.
    static func name(_ method: UInt16) -> String {
        switch method {
        case 9: "Deflate64 (the zip folders of Windows use it above 2 GiB)"
        case 12: "bzip2"
        case 14: "LZMA"
        case 95: "xz"
        case 98: "PPMd"
        default: "method \(method)"
        }
    }
}
