/// The header of a 7z, which lies at its end and is packed itself as a rule.
enum SevenZipHeader {
    private static let signatureLength: Int64 = 32
    /// Room for the names of a million files, and not for a bomb.
    private static let longest: Int64 = 192 << 20

    /// - Returns: the header, unpacked.
    static func read(of input: any ArchiveInput, budget: ExpansionBudget) throws(ArchiveError) -> [UInt8] {
        let signature = try input.bytes(Int(self.signatureLength), at: 0)
        guard signature.count == Int(self.signatureLength) else { throw .truncated(offset: input.size) }
        guard Checksum.of(Array(signature[12...])) == signature.little32(8) else {
            throw .corrupt("7z signature header", offset: 8)
        }
        guard let offset = Int64(exactly: signature.little64(12)), let size = Int64(exactly: signature.little64(20)),
            offset < Int64.max / 4, size < Int64.max / 4
        else { throw .corrupt("impossible 7z header", offset: 12) }
        guard size > 0 else { throw .refused(ArchiveProblem(.empty)) }
        let start = self.signatureLength + offset
        guard start + size <= input.size else { throw .truncated(offset: input.size) }
        guard start + size == input.size else {
            throw .refused(ArchiveProblem(.trailingData, offset: start + size))
        }
        guard size <= self.longest else { throw .corrupt("7z header too long", offset: start) }
        let header = try input.bytes(Int(size), at: start)
        guard Checksum.of(header) == signature.little32(28) else {
            throw .refused(ArchiveProblem(.checksumMismatch, offset: start))
        }
        guard header.first == 0x17 else { return header }
        return try self.unpack(header, of: input, before: start, budget: budget)
    }

    private static func unpack(
        _ header: [UInt8], of input: any ArchiveInput, before end: Int64, budget: ExpansionBudget
    ) throws(ArchiveError) -> [UInt8] {
        var bytes = SevenZipBytes(Array(header.dropFirst()))
        let streams = try SevenZipStreams(&bytes, files: 1)
        guard streams.folders.count == 1, let folder = streams.folders.first, folder.coders.count == 1,
            let coder = folder.coders.first, streams.packSizes.count == 1, let packedSize = streams.packSizes.first,
            folder.size <= self.longest, packedSize <= self.longest, streams.packPosition <= end
        else { throw SevenZipBytes.malformed }
        let start = self.signatureLength + streams.packPosition
        guard start <= end, packedSize <= end - start else { throw SevenZipBytes.malformed }
        let packed = try input.bytes(Int(packedSize), at: start)
        guard coder.method != [0] else { return packed }
        return try SevenZipCoder(coder.method, coder.properties).unpack(packed, size: folder.size, budget: budget)
    }
}
