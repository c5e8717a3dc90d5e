/// Which references a ``ModelledDifference`` follows. The numbers stand in its first byte.
public enum ReferenceKind: UInt8, CaseIterable, Sendable {
    /// None: differences of bytes and nothing else.
    case none = 0
    /// x86-64 operands that count from the instruction, and little-endian fields in data.
    case x86 = 1
    /// ARM64 branches and page addresses, and little-endian fields in data.
    case arm64 = 2

    /// Bytes that may hold one return of ARM64 code or more: programs have one in a few hundred.
    private static let bytesPerReturn = 1 << 14
    private static let armReturn: UInt32 = 0xD65F_03C0

    /// What is worth a trial on bytes like these: the most likely first.
    public static func candidates(for bytes: Span<UInt8>) -> [ReferenceKind] {
        let returns = unsafe bytes.withUnsafeBufferPointer { buffer in
            let view = unsafe ByteView(buffer)
            var count = 0
            // Files of a group stand side by side, so code may begin at any byte.
            for start in 0..<max(0, view.count - 3) where view.word32(at: start) == Self.armReturn { count += 1 }
            return count
        }
        return returns > bytes.count / Self.bytesPerReturn ? [.arm64, .x86] : [.x86]
    }
}
