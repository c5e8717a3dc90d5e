import Content
import Digests

/// Where a ``FilesystemStore`` keeps what.
///
///     objects/<key>                the objects, as they are
///     .metadata/<key>              what is known of an object besides its bytes (``FileMetadata``)
///     .multipart/<id>/key          the key of an open upload
///     .multipart/<id>/parts/00001  its parts
///     .multipart/<id>/assembled    the whole, while it is being completed
///     .temporary/                  everything unfinished
struct FilesystemLayout: Sendable {
    let root: String
    let durability: FilesystemStore.Durability

    var objects: String { "\(self.root)/objects" }
    var metadata: String { "\(self.root)/.metadata" }
    var multipart: String { "\(self.root)/.multipart" }
    var temporary: String { "\(self.root)/.temporary" }

    func object(_ key: ObjectKey) -> String { "\(self.objects)/\(key.text)" }

    func metadata(_ key: ObjectKey) -> String { "\(self.metadata)/\(key.text)" }

    func upload(_ id: MultipartUploadID) -> String { "\(self.multipart)/\(id.text)" }

    func parts(_ id: MultipartUploadID) -> String { "\(self.upload(id))/parts" }

    func part(_ id: MultipartUploadID, _ number: Int) -> String {
        let digits = String(number)
        return "\(self.parts(id))/\(String(repeating: "0", count: 5 - digits.count))\(digits)"
    }

    /// A new file that is not an object yet.
    func makeWriter(digest: Digest?) throws(ObjectStoreError) -> FileWriter {
        try FileWriter(path: self.newTemporary(), digest: digest, durability: self.durability)
    }

    /// Waits until the names in a directory are on the disk.
    func synchronizeDirectory(_ path: String) throws(ObjectStoreError) {
        guard self.durability == .synchronized else { return }
        do throws(ObjectStoreError) { try OpenFile(reading: path).synchronize() } catch {
            // Somebody has deleted all that was in it, and the directory with it.
            if !error.isMissingFile { throw error }
        }
    }

    /// Makes a directory and those above it, durably.
    func makeDirectories(_ path: String) throws(ObjectStoreError) {
        for made in try Disk.makeDirectories(path) { try self.synchronizeDirectory(Disk.parent(made)) }
    }

    /// A path that nobody else uses.
    func newTemporary() throws(ObjectStoreError) -> String { "\(self.temporary)/\(try Self.randomName())" }

    static func randomName() throws(ObjectStoreError) -> String {
        do throws(DigestsError) { return Hexadecimal.encode(try SecureRandom.bytes(16)) } catch {
            throw .unavailable(reason: "the system gives no random bytes")
        }
    }

    /// Whether an identifier is one that ``randomName()`` made; any other must not become part of a path.
    static func isOurs(_ id: MultipartUploadID) -> Bool {
        id.text.utf8.count == 32
            && id.text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }
}
