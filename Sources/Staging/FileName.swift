/// A name in a folder, byte for byte as the system has it.
struct FileName: Sendable {
    /// Ended by a zero.
    let bytes: [CChar]

    init(_ text: String) { self.bytes = Array(text.utf8CString) }

    /// Copies a string that ends in a zero.
    init(_ pointer: UnsafePointer<CChar>) {
        var bytes: [CChar] = []
        var index = 0
        repeat {
            bytes.append(unsafe pointer[index])
            index += 1
        } while bytes.last != 0
        self.bytes = bytes
    }

    /// For comparing with names of our own, and for people: what is no UTF-8 is replaced.
    var text: String { String(decoding: self.bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) }
}
