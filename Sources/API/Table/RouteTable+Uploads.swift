import Access
import HTTPTypes
import Storefront

extension RouteTable {
    /// Uploads of versions.
    static let uploads: [RouteDeclaration] = [
        route(
            .getUpload, .get, "\(version)/upload", .permission(.buildsWrite), "Read the upload plan", nil, 200,
            "UploadPlan"
        ).counted(in: .uploads),
        route(
            .signParts, .post, "\(version)/upload/parts", .permission(.buildsWrite), "Sign requests for parts",
            "PartNumbers", 200, "PresignedParts"
        ).counted(in: .uploads).naturallyIdempotent(),
        route(
            .receivePart, .put, "\(version)/upload/parts/{part_number}", .permission(.buildsWrite), "Send a part", nil,
            200, "ReceivedPart"
        ).counted(in: nil),
        route(
            .completeUpload, .post, "\(version)/upload/complete", .permission(.buildsWrite), "Commit the upload",
            "UploadCompletion", 202, "Version"
        ).counted(in: .uploads),
        route(
            .getUploadOffset, .get, "\(version)/upload/content", .permission(.buildsWrite),
            "Read how far a resumable upload has come (HEAD)", nil, 204, nil
        ).counted(in: .uploads),
        route(
            .appendToUpload, .patch, "\(version)/upload/content", .permission(.buildsWrite),
            "Append to a resumable upload", nil, 204, nil
        ).counted(in: nil).naturallyIdempotent(),
        route(
            .cancelResumableUpload, .delete, "\(version)/upload/content", .permission(.buildsWrite),
            "Give a resumable upload up", nil, 204, nil
        ).counted(in: .uploads),
        route(
            .resizeUpload, .put, "\(version)/upload", .permission(.buildsWrite), "Plan the upload for another size",
            "UploadSize", 200, "UploadPlan"),
        route(
            .keepChunks, .post, "\(version)/upload/chunks", .permission(.buildsWrite),
            "Keep stored chunks for the version, and tell which are missing", nil, 200, "MissingChunks"),
        route(
            .findMissingChunks, .post, "/chunks/missing", .permission(.buildsWrite), "Tell which chunks are missing",
            nil,
            200, "MissingChunks"),
        route(
            .abortUpload, .delete, "\(version)/upload", .permission(.buildsWrite), "Give the upload up", nil, 204, nil
        ).counted(in: .uploads),
    ]
}
