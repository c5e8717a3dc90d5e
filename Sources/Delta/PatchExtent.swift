/// A run of bytes in one file of a version.
public struct PatchExtent: Hashable, Sendable {
    /// Index of the file in that version's manifest; negative where it is not a file: `-1 - n` stands for the bytes
    /// that the patch's shared group `n` makes.
    public let file: Int
    public let offset: Int64
    public let length: Int

    public init(file: Int, offset: Int64, length: Int) {
        self.file = file
        self.offset = offset
        self.length = length
    }
}
