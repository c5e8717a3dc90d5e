/// One entry of a zip's central directory.
struct ZipEntry {
    /// Where its name lies in ``ZipDirectory/names``.
    let name: Range<Int>
    let flags: UInt16
    let method: UInt16
    let checksum: UInt32
    let packedSize: Int64
    let size: Int64
    /// Type and permissions of POSIX; 0 when the archive was not made on a system that has them.
    let mode: UInt32
    /// Of its local header.
    let offset: Int64

    /// Where its packed bytes begin: told by the local header, 0 until that was read.
    var contentOffset: Int64 = 0

    static let encryptedFlags: UInt16 = 1 << 0 | 1 << 6 | 1 << 13
    static let descriptorFlag: UInt16 = 1 << 3
    static let patchFlag: UInt16 = 1 << 5
    static let utf8Flag: UInt16 = 1 << 11

    var hasDescriptor: Bool { self.flags & Self.descriptorFlag != 0 }

    var isEncrypted: Bool { self.flags & Self.encryptedFlags != 0 || self.method == 99 }
}
