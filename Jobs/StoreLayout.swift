import Analytics
import Content
import Games
import ObjectStore
import Storefront

/// Where things lie in the store.
///
/// | prefix | what |
/// |---|---|
/// | `uploads/<developer>/<version>/<attempt>` | what a sender sent; removed once the version is ready or discarded |
/// | `packs/<developer>/<2 digits>/<digest>` | chunks; the digits spread the load over prefixes |
/// | `manifests/<developer>/<game>/<version>/<digest>` | signed manifests |
/// | `patches/<developer>/<game>/<to>/<from>/<build>-<digest>` | patches between versions |
/// | `patch-parts/<developer>/<build>/<part>` | parts of patches in the making; removed once the whole is there |
/// | `reports/<developer>/<report>.<format>` | reports; removed when they expire |
/// | `quarantine/<developer>/<digest>` | infected files, kept as evidence; no route leads there |
/// | `uploads/<developer>/media/<media>` | a media file as it was sent; removed once it is ready or refused |
/// | `media/<developer>/<game>/<media>/<digest>` | media files as everybody gets them |
public enum StoreLayout {
    /// As `Uploads` reserves it.
    static func upload(
        _ version: VersionID, attempt: Int, of developer: DeveloperID
    ) throws(ObjectStoreError) -> ObjectKey {
        try ObjectKey(validating: "uploads/\(developer)/\(version)/\(attempt)")
    }

    static func pack(_ digest: Digest, of developer: DeveloperID) throws(ObjectStoreError) -> ObjectKey {
        let name = digest.description
        return try ObjectKey(validating: "packs/\(developer)/\(name.prefix(2))/\(name)")
    }

    static func manifest(
        _ digest: Digest, of version: VersionID, game: GameID, developer: DeveloperID
    ) throws(ObjectStoreError) -> ObjectKey {
        try ObjectKey(validating: "manifests/\(developer)/\(game)/\(version)/\(digest)")
    }

    /// - Parameter build: the patch's own number, so that no key is ever used again.
    static func patch(
        _ digest: Digest, from old: VersionID, to new: VersionID, game: GameID, developer: DeveloperID, build: Int64
    ) throws(ObjectStoreError) -> ObjectKey {
        try ObjectKey(validating: "\(self.patches)\(developer)/\(game)/\(new)/\(old)/\(build)-\(digest)")
    }

    static let patches = "patches/"
    static let patchParts = "patch-parts/"

    static func patchPart(
        _ number: Int, of build: Int64, developer: DeveloperID
    ) throws(ObjectStoreError) -> ObjectKey {
        try ObjectKey(validating: "\(self.patchParts)\(developer)/\(build)/\(number)")
    }

    /// Which patch in the making a part belongs to; nil for what is none.
    static func patchBuild(ofPart key: ObjectKey) -> Int64? {
        let names = key.text.split(separator: "/")
        return names.count == 4 ? Int64(names[2]) : nil
    }

    static func report(
        _ report: ReportID, format: ReportFormat, of developer: DeveloperID
    ) throws(ObjectStoreError) -> ObjectKey {
        try ObjectKey(validating: "reports/\(developer)/\(report).\(format.rawValue)")
    }

    static func quarantine(_ digest: Digest, of developer: DeveloperID) throws(ObjectStoreError) -> ObjectKey {
        try ObjectKey(validating: "quarantine/\(developer)/\(digest)")
    }

    static func mediaPrefix(_ media: MediaID, game: GameID, developer: DeveloperID) -> String {
        "media/\(developer)/\(game)/\(media)/"
    }

    static func media(_ digest: Digest, of media: MediaRecord) throws(ObjectStoreError) -> ObjectKey {
        let prefix = self.mediaPrefix(media.id, game: media.game, developer: media.developer)
        return try ObjectKey(validating: "\(prefix)\(digest)")
    }
}
