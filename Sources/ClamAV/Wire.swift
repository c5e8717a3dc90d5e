/// What is said over the sockets; `Sources/slipway-scanner/protocol.h` is the other end.
///
/// Host byte order, fixed offsets, zero-filled text. Nothing read from a lane is trusted: a file may have taken it over.
enum Wire {
    static let magic: UInt32 = 0x3150_4c53

    enum ControlOperation: UInt32 {
        case makeLane = 1
        case endLane = 2
    }

    static func controlRequest(_ operation: ControlOperation, process: Int32) -> [UInt8] {
        self.bytes(of: self.magic) + self.bytes(of: operation.rawValue) + self.bytes(of: UInt32(bitPattern: process))
            + self.bytes(of: UInt32(0))
    }

    static func laneRequest(id: UInt64, size: UInt64, name: String) -> [UInt8] {
        var request = self.bytes(of: self.magic) + self.bytes(of: UInt32(0)) + self.bytes(of: id) + self.bytes(of: size)
        request += name.utf8.suffix(487)
        return request + [UInt8](repeating: 0, count: 512 - request.count)
    }

    static func number<Value: FixedWidthInteger>(_ message: [UInt8], at offset: Int, as type: Value.Type) -> Value {
        var value: Value = 0
        for index in stride(from: MemoryLayout<Value>.size - 1, through: 0, by: -1) {
            value = value << 8 | Value(truncatingIfNeeded: message[offset + index])
        }
        return value
    }

    /// Printable ASCII up to the first zero, other bytes as question marks.
    static func text(_ message: [UInt8], at offset: Int, count: Int) -> String {
        let bytes = message[offset..<offset + count].prefix { $0 != 0 }
        return String(decoding: bytes.map { (32..<127).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }

    // Little-endian: the filter in slipway-scanner knows x86-64 and arm64 only, and both are.
    private static func bytes(of value: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
        (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}
