import HTTPTypes
import Storefront

extension RouteTable {
    /// What is in a version, for the Download Service.
    static let content: [RouteDeclaration] = [
        route(
            .getManifest, .get, "\(version)/manifest", .permission(.buildsRead), "Download the manifest", nil, 200, nil),
        route(.listFiles, .get, "\(version)/files", .permission(.buildsRead), "List files", nil, 200, "FileList"),
        route(.getPack, .get, "\(version)/packs/{digest}", .permission(.buildsRead), "Download a pack", nil, 200, nil),
        route(
            .listPatches, .get, "\(version)/patches", .permission(.buildsRead), "List patches", nil, 200, "PatchList"),
        route(
            .previewUpdate, .get, "\(version)/patch-preview", .permission(.buildsRead), "Tell what an update costs",
            nil,
            200, "UpdatePreview"),
        alias(.listPatches, .get, "\(version)/deltas", .permission(.buildsRead), "List patches", nil, 200, "PatchList"),
        route(
            .getPatch, .get, "\(version)/patches/{from_version_id}", .permission(.buildsRead), "Download a patch", nil,
            200,
            nil),
        alias(
            .getPatch, .get, "\(version)/deltas/{from_version_id}", .permission(.buildsRead), "Download a patch", nil,
            200,
            nil),
    ]
}
