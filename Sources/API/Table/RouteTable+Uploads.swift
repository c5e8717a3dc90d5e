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
            .abortUpload, .delete, "\(version)/upload", .permission(.buildsWrite), "Give the upload up", nil, 204, nil
        ).counted(in: .uploads),
    ]
}
